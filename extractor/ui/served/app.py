"""The review application, as Streamlit runs it."""

from extractor.ui.pages import run

if __name__ == "__main__":
    run()
