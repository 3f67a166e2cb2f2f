"""Sheets, which are printed pages as lines and ruled grids → ``Document``."""
