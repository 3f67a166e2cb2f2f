"""Random reports with known truth, independent of the extractor: the check of what it reads."""

from .faults import KINDS, Fault
from .making import LAYOUTS, Generated, GeneratedFault, generate, generate_with_fault
from .scoring import Miss, Score, score

__all__ = [
    "KINDS",
    "LAYOUTS",
    "Fault",
    "Generated",
    "GeneratedFault",
    "Miss",
    "Score",
    "generate",
    "generate_with_fault",
    "score",
]
