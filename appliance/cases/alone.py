"""What one person may not do alone: a report leaves the work when two of them have read it, not by one wish."""

from collections.abc import Sequence

from appliance import history
from appliance.desk import Actor, Desk
from appliance.errors import NotAllowed, SamePerson
from appliance.ledger import CaseFile

_BEGINS = frozenset({"screen", "reopen", "separate"})
"""Whoever does one of these has read the case, and says that it is worth work."""
_LINK = frozenset({"link"})


def is_alone(status: str, done: Sequence[tuple[str, str]], name: str) -> bool:
    """Whether nobody else has read what would end with a case of ``status``: ``name`` began it himself, or linked
    something to it since. ``done``: (login name, act) of its history, oldest first.
    """
    is_verified = status not in ("received", "screened")
    reads, own = (frozenset({"report_back"}), _LINK) if is_verified else (_BEGINS, _BEGINS | _LINK)
    read_at = [at for at, (_, act) in enumerate(done) if act in reads]
    return not read_at or any(who == name and act in own for who, act in done[read_at[-1] :])


def check_close(desk: Desk, case: CaseFile, actor: Actor) -> None:
    """Raises SamePerson where nobody else has read it; what was verified ends by whoever linked nothing since."""
    if is_alone(case.status, history.acts(desk.conn, case.id), actor.name):
        raise SamePerson("who screened or linked it cannot close it", hint="Ask another person to read it")


def check_link_to_closed(desk: Desk, case: CaseFile, actor: Actor) -> None:
    """As to close it. Raises NotAllowed: the form stays, for another serial."""
    if is_alone(case.status, history.acts(desk.conn, case.id), actor.name):
        raise NotAllowed(
            f"nobody but {actor.name} has read {case.serial}",
            hint="Have it screened by another person first",
            reason="unread",
        )
