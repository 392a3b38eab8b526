"""What the steps of a file and the reasons for them are called on the pages."""

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


def act(hand: Hand) -> str:
    """What was done."""
    return str(ACTS.get(hand.act, hand.act))


def why(hand: Hand, names: Names) -> str:
    """The reason, with the words beside it."""
    if hand.act in ("reclassify", "erase"):
        return names.of_act(hand.act, hand.reason)
    return ": ".join(part for part in (str(REASONS.get(hand.reason, hand.reason)), hand.note) if part)


def who(hand: Hand) -> str:
    """The name to show; the box's own steps have none."""
    return "" if hand.actor in ("", "box") else hand.display


def words() -> dict[str, object]:
    """What templates need to write the log of a file."""
    return {"act": act, "why": why, "who": who, "why_codes": REASONS}
