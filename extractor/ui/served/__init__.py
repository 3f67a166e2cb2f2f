"""What `extractor serve` starts, in a folder of its own: Streamlit puts it on the path, where names must not clash."""
