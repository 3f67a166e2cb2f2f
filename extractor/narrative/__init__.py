"""Running text → identity, overview, issues and improvements, other matters, claims and a summary.

Each reader takes a draft whose sections are found, fills its own fields and leaves evidence for them. The order of
calls is ``read_identity``, ``read_overview``, ``read_items``, ``read_claims``, ``summarise``: claims want the year.
"""

from extractor.narrative.claims import read_claims
from extractor.narrative.identity import read_identity
from extractor.narrative.items import read_items
from extractor.narrative.overview import read_overview, read_topic
from extractor.narrative.pointed import read_pointed
from extractor.narrative.summary import summarise

__all__ = ["read_claims", "read_identity", "read_items", "read_overview", "read_pointed", "read_topic", "summarise"]
