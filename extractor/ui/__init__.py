"""The review pages. What they do stands in ``extractor.review``; here is only what people see and press."""
