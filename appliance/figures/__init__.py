"""Counts kept in the transaction of every change, so that no page has to count the cases."""

from appliance.figures.standing import Place, bump, by_status, recount, rollups
from appliance.figures.tallies import Counted, follow, rebuild, wrong_tallies

__all__ = [
    "Counted",
    "Place",
    "bump",
    "by_status",
    "follow",
    "rebuild",
    "recount",
    "rollups",
    "wrong_tallies",
]
