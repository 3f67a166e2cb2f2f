"""The store: documents, readings, and the log of what people did with them, in SQLite or PostgreSQL (docs/store.md).

``open_store`` gives a ``Store``; what is kept in it is read and written by the functions of this package's modules,
each of which takes a connection of ``Store.reading`` or ``Store.writing``.
"""

from __future__ import annotations

from extractor.store.opening import Store, create_store, open_store

__all__ = ["Store", "create_store", "open_store"]
