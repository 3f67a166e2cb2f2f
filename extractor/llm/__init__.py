"""Questions to a model and its answers: the model points, the code reads.

``questions`` shows the source with numbered anchors, ``answers`` holds the types of answers, ``apply`` turns anchors
back into places of the document.
"""
