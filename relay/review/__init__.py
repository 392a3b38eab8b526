"""The conversation looked over as a whole: what must be true of its words, and all of it on paper for a reader."""

from relay.review.checking import check_book
from relay.review.findings import Review, findings
from relay.review.samples import sample_directory
from relay.review.tree import tree

__all__ = ["check_book", "findings", "sample_directory", "tree", "Review"]
