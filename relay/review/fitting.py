"""Whether a message fits WhatsApp and can be answered in every way."""

import re
from collections.abc import Iterator

from relay import limits
from relay.chat import payload_of
from relay.dialogue import Say, State, Step
from relay.limits import OverLimit
from relay.review.ways import choices, is_page

NUMBERED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
"""A line of a list in a message: its number and its title."""


def unfit(step: Step, where: str) -> Iterator[str]:
    """What WhatsApp would refuse of a step's messages, and what had to be cut or has no number."""
    for say in step.say:
        yield from refused(say, where)


def refused(say: Say, where: str) -> Iterator[str]:
    """The same of one message."""
    try:
        limits.check(payload_of(say))
    except OverLimit as error:
        yield f"{where}: {error}"
    for choice in choices(say):
        if choice.title.endswith("…"):
            yield f"{where}: {choice.title!r} had to be cut"
    yield from _miscounted(say, where)


def _miscounted(say: Say, where: str) -> Iterator[str]:
    """A list must stand in the message too, each row under a number of its own."""
    if not say.rows:
        return
    lines = NUMBERED.findall(say.text)
    if len({number for number, _ in lines}) < len(lines):
        yield f"{where}: a number stands there twice"
    titles = {title for _, title in lines}
    for row in say.rows:
        if row.title not in titles and not is_page(row):
            yield f"{where}: {row.title!r} has no number"


def named(state: State | None) -> str:
    """What to call the place of a draft in a finding: "hi: thana, page 2"."""
    if state is None:
        return "before a draft"
    page = f", page {state.page + 1}" if state.page else ""
    return f"{state.language or 'no language'}: {state.overlay or state.step}{page}"
