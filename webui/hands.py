"""What the steps of a file and the reasons for them are called on the pages."""

from collections.abc import Iterable

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from appliance.custody import Hand
from webui.names import Names

ACTS: dict[str, LazyString] = {
    "received": lazy_gettext("Received by the relay, as it came"),
    "taken_by_officer": lazy_gettext("Received by the relay from the officer's phone"),
    "cleaned": lazy_gettext("Cleaned: what says who made it was removed"),
    "untouched": lazy_gettext("Looked through: nothing in it says who made it"),
    "sealed": lazy_gettext("Sealed for this office"),
    "evidence.arrive": lazy_gettext("Arrived here, seal whole"),
    "evidence.examine": lazy_gettext("Opened and hashed by the box"),
    "evidence.damaged": lazy_gettext("Found damaged"),
    "evidence.metadata": lazy_gettext("Metadata found that should have been removed"),
    "evidence.open": lazy_gettext("Shown or saved"),
    "evidence.erase": lazy_gettext("Erased; its hashes stay"),
    "view": lazy_gettext("Uncovered, with a reason"),
    "save": lazy_gettext("Uncovered to be saved, with a reason"),
    "export": lazy_gettext("Package handed on"),
    "export_cut": lazy_gettext("Package broken off"),
    "hold": lazy_gettext("Legal hold set"),
    "unhold": lazy_gettext("Legal hold lifted"),
    "reclassify": lazy_gettext("Sensitivity changed"),
    "erase": lazy_gettext("Erased; its hashes stay"),
}
REASONS: dict[str, LazyString] = {
    "screening": lazy_gettext("To judge what the report is worth"),
    "find": lazy_gettext("To find the place, person or vehicle"),
    "brief": lazy_gettext("To tell the officer what to look for"),
    "verify": lazy_gettext("To check what the officer reported back"),
    "duplicate": lazy_gettext("To compare with another report"),
    "investigation": lazy_gettext("For the investigating officer"),
    "court": lazy_gettext("For the court"),
    "forensic": lazy_gettext("For forensic examination"),
    "other": lazy_gettext("Something else"),
}


_TRACES = lazy_gettext("place, time and device")
_REMARKS = lazy_gettext("words written into the file")
_PARTS = lazy_gettext("technical parts of the file")
_OF_TRACES = ("exif", "xmp", "iptc", "gps", "photoshop", "times", "udta", "user data")
_OF_REMARKS = ("comment", "text", "txt", "vendor", "info", "language", "names")


def removed(codes: Iterable[str]) -> str:
    """What was taken out of a file, in plain words; the codes beside them are for whoever checks it."""
    groups: dict[str, list[str]] = {}
    for code in codes:
        groups.setdefault(str(_removed(code.casefold())), []).append(code)
    return "; ".join(f"{words} ({', '.join(found)})" for words, found in groups.items())


def _removed(code: str) -> LazyString:
    if any(part in code for part in _OF_TRACES):
        return _TRACES
    return _REMARKS if code == "com" or any(part in code for part in _OF_REMARKS) else _PARTS


def act(hand: Hand) -> str:
    """What was done."""
    return str(ACTS.get(hand.act, hand.act))


def why(hand: Hand, names: Names) -> str:
    """The reason, with the words beside it."""
    if hand.act in ("reclassify", "erase"):
        return names.of_act(hand.act, hand.reason)
    if hand.act == "cleaned":
        return removed(hand.note.split(", ")) if hand.note else ""
    return ": ".join(part for part in (str(REASONS.get(hand.reason, hand.reason)), hand.note) if part)


def who(hand: Hand) -> str:
    """The name to show; the box's own steps have none."""
    return "" if hand.actor in ("", "box") else hand.display


def words() -> dict[str, object]:
    """What templates need to write the log of a file."""
    return {"act": act, "why": why, "who": who, "why_codes": REASONS, "removed": removed}
