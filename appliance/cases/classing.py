"""How sensitive a case is: class and flags, changed by whoever screens it, with a reason."""

from dataclasses import replace

from appliance.cases.acts import at, move
from appliance.desk import Actor, Desk
from appliance.errors import NotAllowed
from appliance.history import Change
from sync.db import transaction

CLASSES = ("open", "restricted", "secret")


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
    """Sets class and flags; raises as the other acts, NotAllowed also without a reason or a change."""
    if sensitivity not in CLASSES:
        raise NotAllowed(f"there is no class {sensitivity[:40]!r}")
    with transaction(desk.conn):
        case = at(desk, serial, actor, version)
        after = replace(case, sensitivity=sensitivity, victim=int(victim), child=int(child))
        if after == case:
            raise NotAllowed("this is how the case is classed already", reason="same_class")
        flags = "+".join(name for name, is_set in (("victim", victim), ("child", child)) if is_set)
        detail = f"{sensitivity}/{flags}" if flags else sensitivity
        move(desk, case, after, actor, Change("reclassify", "", "", detail, note))
