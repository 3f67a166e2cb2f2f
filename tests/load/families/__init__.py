"""Families of PDFs: the same reports printed, drawn and defaced in many ways, each with the truth about its cells.

python -m tests.load.families --count 10 --seed 1     cells, right, flagged and silent ones per family
"""
