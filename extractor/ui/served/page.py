"""The pages, as Streamlit draws them for one visitor."""

from extractor.ui.pages import run

if __name__ == "__main__":
    run()
