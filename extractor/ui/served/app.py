"""The review application, as Streamlit runs it."""

from extractor.ui.pages import run

run()
