"""Scoring the extractor against reports whose truth is known: cases, scores, the gate, comparison (docs/eval.md)."""
