"""A report's parts: ``find_sections`` cuts the text at the form's headings, however they are numbered or misspelt.

Headings are looked for as lines (a one-cell row of a table is a line too). Each likeness to a title of the form is a
candidate with a score; of all chains of candidates in the form's order the one with the highest sum wins, so that a
list of titles in the preamble loses against the headings over the text. What the chain leaves over is taken out of
order where it is strong. Heading words inside sentences are no candidates.
"""

from extractor.sections.find import find_sections

__all__ = ["find_sections"]
