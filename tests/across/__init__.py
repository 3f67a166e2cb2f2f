"""Across reports."""
