"""Tagger by QR: poster links of which each is one of a kind, and reports that must not show which one was scanned."""

from collections.abc import Sequence

from tests.adversaries import children
from tests.adversaries.ground import Ground
from tests.adversaries.scanning import GREETINGS
from tests.adversaries.verdict import Verdict

MODULE = "tests.adversaries.scanning"
WEAKENING, MARK = "greetings-are-kept", "token behind"


def play(ground: Ground) -> Sequence[Verdict]:
    """The same story begun by each link: the report in clear, byte by byte, against the one without a mark."""
    differs = children.run(MODULE, ground.folder / "links")
    weak = children.run(MODULE, ground.folder / "weak", MARK, weakening=WEAKENING)
    return [
        Verdict(
            "tagger by QR",
            "posters of his own, each with another link; all that reaches the box, in clear",
            f"{len(GREETINGS)} links with tokens, unknown and listed codes, zero-width signs, homoglyphs, blanks: the "
            "report's plaintext against one begun by 'Hi' or by the same words",
            tuple(f"{name}: {what}" for name, what in differs.items()),
            f"{WEAKENING}: {weak.get(MARK, 'nothing')}",
            bool(weak),
        )
    ]
