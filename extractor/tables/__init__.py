"""Statutory tables → values with evidence.

``grid`` and ``stream`` turn what the document holds into source rows (words, then places for values), ``labels`` ties
words to rows and columns of the form, ``read`` puts the values into the draft.
"""
