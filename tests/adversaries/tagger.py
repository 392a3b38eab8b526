"""Tagger by QR: poster links of which each is one of a kind, and reports that must not show which one was scanned."""

from collections.abc import Sequence

from tests.adversaries import children
from tests.adversaries.ground import City, Ground
from tests.adversaries.scanning import GREETINGS, LISTS
from tests.adversaries.verdict import Verdict
from tests.journeys.town import PATIENCE_S, SEND, words
from tests.waiting import wait_until

MODULE = "tests.adversaries.scanning"
WEAKENING, MARK = "greetings-are-kept", "token behind"
OWN_ALONE, LIST = "own-number-alone-goes", "list of numbers, theirs"
REAL = ("zero-width signs", "token behind", "token in front", "link", "full-width")
"""Those told to real processes too: their chat goes the same way as one begun by hand."""


def play(ground: Ground) -> Sequence[Verdict]:
    """The same story begun by each link: the report in clear, byte by byte, against the one without a mark."""
    differs = children.run(MODULE, ground.folder / "links")
    weak = children.run(MODULE, ground.folder / "weak", MARK, weakening=WEAKENING)
    alone = children.run(MODULE, ground.folder / "alone", LIST, weakening=OWN_ALONE)
    return [
        Verdict(
            "tagger by QR",
            "posters of his own, each with another link; all that reaches the box, in clear",
            f"{len(GREETINGS)} links with tokens, unknown and listed codes, zero-width signs, homoglyphs, blanks: the "
            f"report's plaintext against one begun by 'Hi' or by the same words; {len(LISTS)} times a list of numbers "
            "that two send on who stand on it",
            tuple(f"{name}: {what}" for name, what in differs.items()),
            f"{WEAKENING}: {weak.get(MARK, 'nothing')}; {OWN_ALONE}: {alone.get(LIST, 'nothing')}",
            bool(weak and alone),
        ),
        _real(ground),
    ]


def _real(ground: Ground) -> Verdict:
    learned, weak = _differing(ground, "", REAL), _differing(ground, WEAKENING, (MARK,))
    return Verdict(
        "tagger by QR",
        "the same posters; Jaunpur's databases and field key, of real processes",
        f"{len(REAL)} of these links, each scanned by a phone of its own: the report as the office opens it against "
        "the one of a phone that wrote 'Hi'",
        tuple(f"{name}: another report" for name in learned),
        f"{WEAKENING}: {', '.join(weak) or 'nothing'}",
        weak == [MARK],
    )


def _differing(ground: Ground, weakening: str, names: Sequence[str]) -> list[str]:
    """The links whose report is another than that of who wrote a greeting by hand."""
    with ground.city(weakening) as city:
        place = city.town.place()
        by_hand = _report(city, GREETINGS[MARK][0], place)
        return [name for name in names if _report(city, GREETINGS[name][1], place) != by_hand]


def _report(city: City, greeting: str, place: str) -> tuple[object, ...]:
    """What the box has of a report begun with these words."""
    known, phone = city.town.kept(), city.town.phone()
    texts = (greeting, *words(place)[1:], SEND)
    middle = texts.index("आगे")
    city.town.write(phone, texts[:middle])
    city.town.write(phone, texts[middle:])
    city.town.receipt(phone)
    (report,) = wait_until(lambda: city.town.kept(known), PATIENCE_S, "the report at Jaunpur")
    return report.content
