"""Turns government information disclosure reports into data with evidence."""
