"""Word files (.docx) → ``Document``."""
