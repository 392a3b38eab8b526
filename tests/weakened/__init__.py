"""Deliberate weakenings of the product: what the tests must catch and what lets an adversary win.

``python -m tests.weakened [names]`` plays them; ``build`` makes a copy of the product with one of them in it.
"""

from tests.weakened.controls import CONTROLS
from tests.weakened.copying import Stale, build, edited
from tests.weakened.listed import LISTED as WEAKENINGS
from tests.weakened.model import Edit, Weakening

__all__ = ["CONTROLS", "WEAKENINGS", "Edit", "Stale", "Weakening", "build", "by_name", "edited"]


def by_name(name: str) -> Weakening:
    """The weakening of that name, of the mutation run or of the controls; raises KeyError with those that exist."""
    known = {weakening.name: weakening for weakening in (*WEAKENINGS, *CONTROLS)}
    if name not in known:
        raise KeyError(f"there is no weakening {name!r}; known: {', '.join(sorted(known))}")
    return known[name]
