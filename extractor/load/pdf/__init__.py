"""Pages of a PDF with a text layer → sheets."""
