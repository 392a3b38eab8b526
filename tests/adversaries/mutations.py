"""Whoever weakens the product on purpose: every weakening is caught by a test that passes on the product as it is."""

from collections.abc import Sequence

from tests.adversaries.ground import Ground
from tests.adversaries.verdict import Verdict
from tests.weakened import WEAKENINGS
from tests.weakened.__main__ import line
from tests.weakened.playing import CAUGHT, ESCAPED, HARMLESS, Outcome
from tests.weakened.playing import play as play_all


def play(ground: Ground) -> Sequence[Verdict]:
    """One row; prints each weakening with the test that caught it. What escaped is what he learned."""
    wrong, outcomes = play_all((HARMLESS, *WEAKENINGS), ground.folder, _say)
    harmless, *weak = outcomes
    tests = {outcome.by.partition("[")[0] for outcome in weak if outcome.state == CAUGHT}
    return [
        Verdict(
            adversary="who weakens the product",
            held="the source",
            tried=f"{len(weak)} weakenings, one at a time, each caught by one of {len(tests)} tests",
            learned=tuple(f"{o.weakening.name}: {o.state}" for o in weak if o.state != CAUGHT),
            control=wrong or "unweakened, the same tests pass; a comment is not caught",
            controlled=not wrong and harmless.state == ESCAPED,
        )
    ]


def _say(outcome: Outcome) -> None:
    if outcome.weakening is not HARMLESS:
        print(line(outcome), flush=True)
