"""How sensitive a case is: class and flags, made stricter by whoever screens it, less strict by the heads alone."""

from dataclasses import replace

from appliance import ledger
from appliance.cases.acts import at, move, tell_main
from appliance.desk import RANGE, SP, Actor, Desk
from appliance.errors import ForHeads, NotAllowed
from appliance.history import Change
from sync.db import transaction

CLASSES = ("open", "restricted", "secret")
LOWERS = frozenset({SP, RANGE})
"""Less strict means that more people read, open and hand on: the same heads for whom the strict rows are."""


def choices(actor: Actor, sensitivity: str) -> tuple[str, ...]:
    """The classes that ``actor`` may give a case of that class."""
    known = actor.role not in LOWERS and sensitivity in CLASSES
    return CLASSES[CLASSES.index(sensitivity) :] if known else CLASSES


def reclassify(
    desk: Desk,
    serial: str,
    actor: Actor,
    version: int,
    sensitivity: str,
    victim: bool,
    child: bool,
    note: str,
) -> None:
    """Sets class and flags; raises as the other acts, NotAllowed also without a reason or a change.

    Raises ForHeads where somebody else would lower the class or take a flag away.
    """
    if sensitivity not in CLASSES:
        raise NotAllowed(f"there is no class {sensitivity[:40]!r}")
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        after = replace(case, sensitivity=sensitivity, victim=int(victim), child=int(child))
        if after == case:
            raise NotAllowed("this is how the case is classed already", reason="same_class")
        is_stripped = case.victim > after.victim or case.child > after.child
        if sensitivity not in choices(actor, case.sensitivity) or (is_stripped and actor.role not in LOWERS):
            raise ForHeads(f"the role {actor.role} may not make a case less sensitive")
        flags = "+".join(name for name, is_set in (("victim", victim), ("child", child)) if is_set)
        detail = f"{sensitivity}/{flags}" if flags else sensitivity
        move(desk, case, after, actor, Change("reclassify", "", "", detail, note))
        tell_main(desk, case, actor, ledger.risen(case, after))
