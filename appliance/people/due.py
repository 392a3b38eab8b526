"""What somebody whose password was right must do before anything else."""

import sqlite3

from appliance.desk import Desk

CODE, PASSWORD, FACTOR = "code", "password", "factor"
"""Give the second factor; choose a password of one's own; set up the second factor."""
CODE_S = 5 * 60
"""So long the second factor is waited for after the password."""


def what_is_due(desk: Desk, row: sqlite3.Row) -> str:
    """One of the above, or "". ``row``: a person's columns with ``code_at`` of his sign-in."""
    if row["totp_locked"] is not None and row["code_at"] is None:
        return CODE
    if row["must_change"]:
        return PASSWORD
    return FACTOR if row["totp_locked"] is None and desk.config.second_factor else ""
