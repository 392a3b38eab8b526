"""What a weakening is: a promise of the product, textual edits that break it, the tests that must notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """In ``file`` (path from the repository's root) ``old``, which occurs exactly once, becomes ``new``."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Weakening:
    """A deliberate weakening. ``what`` says which promise it breaks, ``caught_by`` are pytest node ids that must fail.

    A node without ``[...]`` means every case of that test; one failing case is enough.
    """

    name: str
    what: str
    edits: tuple[Edit, ...]
    caught_by: tuple[str, ...] = ()


def one(name: str, what: str, file: str, old: str, new: str, *caught_by: str) -> Weakening:
    """A weakening of a single edit."""
    return Weakening(name, what, (Edit(file, old, new),), caught_by)
