"""Web pages → ``Document``."""
