"""A refused act comes back in its form, on the page it stood on: what was typed, and beside which field it failed."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from appliance.drafts import NOTHING
from appliance.errors import BriefRefused, NotAllowed, OwnPeople
from sync.errors import SatarkError
from webui import drafting
from webui.drafting import Kept

_SEIZED = lazy_gettext("What was seized, and how much, is missing.")
_DIGITS = lazy_gettext("A quantity is written in digits, from 1 on.")
MISSING: dict[str, LazyString] = {
    "no_reason": lazy_gettext("A reason is missing. Write it into the note."),
    "unverified": lazy_gettext(
        "No action was verified yet. Assign it first, or choose an outcome without action."
    ),
    "unfound": lazy_gettext(
        "This says what was found out, and nobody looked into it yet. Assign it first, have the report back verified."
    ),
    "fir": lazy_gettext("The number of the FIR is missing."),
    "arrest": lazy_gettext("The number of persons arrested is missing."),
    **dict.fromkeys(("seizure", "seizure-2", "seizure-3"), _SEIZED),
    "kinds": lazy_gettext("One kind of seizure stands there twice. Add the amounts up."),
    "referred": lazy_gettext("The office it was passed to is missing."),
    "arrests": _DIGITS,
    **dict.fromkeys(("amount", "amount-2", "amount-3"), _DIGITS),
    "untold_by_link": lazy_gettext(
        "That case is closed, and whoever told of this one could not be answered any more. Answer first."
    ),
    "unread": lazy_gettext(
        "That case is closed, and nobody but you has read this one. Have another person screen it, or note that he"
        " read it, first."
    ),
    "no_action": lazy_gettext(
        "This outcome says that no action was taken. Choose another, or leave FIR, arrests and seizure empty."
    ),
    "untold": lazy_gettext(
        "Somebody who can be answered was not told what came of it. Answer first, or tick that it stays so."
    ),
    "not_asked": lazy_gettext("Nobody has asked the informant. Send the question first."),
    "stood": lazy_gettext("This clock has stood still for 21 days in all, and may not again."),
    "clock": lazy_gettext("The clock stands like this already."),
    "has_duplicates": lazy_gettext("Other reports are linked to this case. Separate them first."),
    "confirmed": lazy_gettext("Somebody has confirmed already that it is spam."),
    "aside": lazy_gettext("That case is set aside as spam. Take it back first, or leave this one by itself."),
    "claimed": lazy_gettext("Somebody else has taken this case."),
    "erased": lazy_gettext(
        "What this case held was erased when its time was over. A new report is a new case."
    ),
    "no_case": lazy_gettext("Check the serial; it may be of another office."),
    "same_class": lazy_gettext("The case is classed like this already."),
    "same_place": lazy_gettext("The case is under this crime and thana already."),
    "police_kind": lazy_gettext(
        "What is told of police is the range's. Say here of which thana's people the case is."
    ),
    "no_thana": lazy_gettext("This thana is of another office."),
}
"""What is missing for an act, by the code of the refusal."""
_STEP = lazy_gettext("The case is not at that step, or a choice is missing.")
_FIELDS: Mapping[str, str] = {
    "no_reason": "note",
    "no_thana": "thana",
    "fir": "fir_no",
    "arrest": "arrests",
    "kinds": "seizure",
    "referred": "agency",
    "arrests": "arrests",
    **{name: name for name in ("seizure", "seizure-2", "seizure-3", "amount", "amount-2", "amount-3")},
    "untold": "untold",
}
"""The field that a refusal is about, by its code; the others are about the choice of their form."""
_CHOICES: Mapping[str, str] = {
    "assign": "post",
    "close": "outcome",
    "reclassify": "sensitivity",
    "correct": "category",
    "mark_duplicate": "of",
    "concern": "thana",
    "unconcern": "thana",
    "pause": "reason",
}


@dataclass(frozen=True)
class Refusal:
    """Why a form was refused. ``kept``: the form by its name, with what stood in it; ``field``: what it is about."""

    kept: Kept
    words: str
    field: str

    def is_at(self, kept: Kept, field: str) -> bool:
        """Whether it belongs beside this field of that form."""
        return bool(self.words) and (self.kept.form, self.field) == (kept.form, field)

    def of(self, form: str) -> Kept:
        """What stands in a form: what was sent if it was the one refused, else its draft."""
        return self.kept if self.words and self.kept.form == form else drafting.kept(form)


NONE = Refusal(Kept("", NOTHING), "", "")


def install(app: Flask) -> None:
    """Gives templates ``refused``: nothing, unless a view names something else."""
    app.jinja_env.globals.update(refused=NONE)


def of_form(form: str, act: str, error: SatarkError) -> Refusal:
    """The refusal of the form that this request sent."""
    if isinstance(error, BriefRefused):
        return Refusal(drafting.sent(form), _brief(error), "brief")
    reason = error.reason if isinstance(error, NotAllowed) else ""
    return Refusal(drafting.sent(form), words(error), _FIELDS.get(reason, _CHOICES.get(act, "note")))


def words(error: SatarkError) -> str:
    """What is missing for an act that was not allowed."""
    if isinstance(error, OwnPeople):
        return _("The case is about its own people, or about its circle's. Give it to another post.")
    return str(MISSING.get(error.reason, _STEP) if isinstance(error, NotAllowed) else _STEP)


def _brief(error: BriefRefused) -> str:
    if error.reason == "quoted":
        return _(
            "The brief repeats the informant's own words. Please say it in yours: whoever knows how somebody"
            " speaks could recognise the informant."
        )
    if error.reason == "number":
        return _(
            "The brief holds a link or somebody's number (phone, Aadhaar, PAN, e-mail, UPI). These do not go over"
            " WhatsApp: tell the officer at the office."
        )
    if error.reason == "long":
        return _("The brief is too long. Please shorten it.")
    return _("In a case of this class no brief leaves the office. The officer is asked to come.")
