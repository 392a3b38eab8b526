"""What leaves the office on paper: noted with name, time and number."""

from appliance import audit, ledger, rights, sensitivity
from appliance.desk import Actor, Desk
from appliance.errors import Forbidden
from appliance.ledger import CaseFile
from sync.db import transaction


def may(desk: Desk, actor: Actor, case: CaseFile) -> bool:
    """Whether the table lets him print it, and every other case of the incident, for their words stand there too."""
    return all(actor.role in sensitivity.rule(one).prints for one in ledger.linked(desk, case))


def check(desk: Desk, actor: Actor, case: CaseFile) -> None:
    """Raises NotFound or Forbidden."""
    rights.check(desk, actor, case)
    if not may(desk, actor, case):
        raise Forbidden(f"the role {actor.role} may not print this case")


def note(desk: Desk, actor: Actor, case: CaseFile) -> tuple[int, int]:
    """Notes that a case is printed; gives when (epoch seconds) and the number of the trail's row.

    Raises as ``check``.
    """
    check(desk, actor, case)
    now = int(desk.clock())
    with transaction(desk.conn):
        audit.write(desk.conn, now, actor.name, "case.print", case.serial)
        (number,) = desk.conn.execute("select max(id) from audit").fetchone()
    return now, int(number)
