"""The review application: `extractor serve`, or `streamlit run app.py`."""

import streamlit as st

from extractor.ui.gate import guard

app = st.App("extractor/ui/served/page.py", middleware=guard())
