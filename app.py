"""The review application: `extractor serve`, or `streamlit run app.py`."""

from extractor.ui.pages import run

run()
