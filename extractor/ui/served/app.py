"""The review application, as Streamlit runs it: the pages, and what stands before their files."""

import streamlit as st

from extractor.ui.gate import guard

app = st.App("page.py", middleware=guard())
