"""Counts kept in the transaction of every change, so that no page has to count the cases."""

from appliance.figures.anew import rebuild, tell_all
from appliance.figures.standing import Place, bump, by_status, recount, rollups, tell_late
from appliance.figures.tallies import Counted, follow, wrong_tallies

__all__ = [
    "Counted",
    "Place",
    "bump",
    "by_status",
    "follow",
    "rebuild",
    "recount",
    "rollups",
    "tell_all",
    "tell_late",
    "wrong_tallies",
]
