"""The store on both databases."""

from tests.stores import address, kind, store

__all__ = ["address", "kind", "store"]
