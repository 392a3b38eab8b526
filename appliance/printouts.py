"""What leaves the office on paper: noted with name, time and number."""

from appliance import audit, rights
from appliance.desk import OFFICE, Actor, Desk
from appliance.errors import Forbidden
from appliance.ledger import CaseFile
from sync.db import transaction


def note(desk: Desk, actor: Actor, case: CaseFile) -> tuple[int, int]:
    """Notes that a case is printed; gives when (epoch seconds) and the number of the trail's row.

    Raises NotFound or Forbidden.
    """
    rights.check(desk, actor, case)
    if actor.role not in OFFICE:
        raise Forbidden(f"the role {actor.role} may not print cases")
    now = int(desk.clock())
    with transaction(desk.conn):
        audit.write(desk.conn, now, actor.name, "case.print", case.serial)
        (number,) = desk.conn.execute("select max(id) from audit").fetchone()
    return now, int(number)
