"""What an act of the office can fail with; the pages show these words."""

from sync.errors import SatarkError


class NotFound(SatarkError):
    """No such case, evidence file or person here."""


class Erased(SatarkError):
    """The words and files of this report were erased when their time was over."""


class Covered(SatarkError):
    """A file that this person must give a reason for first; ``file_id`` says which."""

    def __init__(self, file_id: str) -> None:
        super().__init__("this file is covered", hint="Say why it is needed")
        self.file_id = file_id


class Forbidden(SatarkError):
    """The role of whoever acts does not allow it."""


class ForHeads(Forbidden):
    """Only the head of the office, or the range, may do it."""


class SamePerson(Forbidden):
    """It wants a second person: whoever acts did the step before it himself."""


class Unread(SamePerson):
    """It would end what nobody but whoever acts has read."""


class NotAllowed(SatarkError):
    """The case is not in a status from which this can be done, or a value is missing or none of the list.

    ``reason``: a code for what is missing, for the page's own words; "" where there is none.
    """

    def __init__(self, what: str, hint: str = "", reason: str = "") -> None:
        super().__init__(what, hint=hint)
        self.reason = reason


class OwnPeople(NotAllowed):
    """A case about a post's own people, its circle's or its holder's cannot be given to that post."""


class Conflict(SatarkError):
    """Somebody changed the case after the page was shown: ``by`` whom, and which ``act``."""

    def __init__(self, serial: str, by: str, act: str) -> None:
        super().__init__(
            f"{serial} was changed by {by} meanwhile ({act})", hint="Look at it again, then decide"
        )
        self.by = by
        self.act = act


class PlanGone(SatarkError):
    """Who was to come to a post has come, or somebody changed it after the page was shown."""


class NotAnswerable(SatarkError):
    """There is no way to write back: the informant kept none, or the case is closed."""


class BriefRefused(SatarkError):
    """A brief that must not leave.

    ``reason`` is secret (the case allows none), long, quoted (the report's words) or number (a link, or what reaches a
    person).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the brief cannot go to an officer: {reason}", hint="Write it shorter, in your own words"
        )
        self.reason = reason


class WrongNumber(SatarkError):
    """A telephone number that cannot be an officer's mobile."""


class BudgetSpent(SatarkError):
    """All answers that one informant may get have been given."""
