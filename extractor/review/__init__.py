"""Reviewing: people correct and decide, the store keeps every step (docs/store.md). No user interface in it.

Every function takes who acts, as a ``Person``; what the role may not do is refused by name.
"""
