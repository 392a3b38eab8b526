"""Checks of a relay's side towards WhatsApp: what it refuses, whether it is heard of, and what messages cost."""

import sqlite3
from datetime import date

from provisioning.doctor.finding import FAIL, OK, WARN, Finding, Node
from provisioning.doctor.stores import of_main_database
from relay import config, meter, trouble
from sync.clock import DAY_S, HOUR_S
from sync.directory import RELAY

CONFIRMED_FOR_DAYS = 365
"""Meta's settings are looked at once a year: no interface tells them."""
FRESH_S = 2 * HOUR_S
"""What was refused within it is taken for trouble that goes on."""


def check_refusals(node: Node) -> list[Finding]:
    """Token, payment, account, templates: refusals of the last day that only a person can mend."""
    return of_main_database(node, "whatsapp", _refusals) if node.role == RELAY else []


def _refusals(conn: sqlite3.Connection, now: float) -> Finding:
    found = trouble.recent(conn, now)
    if not found:
        return Finding("whatsapp", OK, "nothing refused in the last 24 hours that calls for a person")
    told = "; ".join(f"{one.about}: code {one.code}, {one.count} times. {one.fix}" for one in found)
    return Finding("whatsapp", FAIL if trouble.recent(conn, now, FRESH_S) else WARN, told)


def check_webhook(node: Node) -> list[Finding]:
    """Whether WhatsApp still tells us what becomes of messages."""
    if node.role != RELAY:
        return []
    most_hours = node.settings.number("webhook_silence_h", config.WEBHOOK_SILENCE_H)

    def ask(conn: sqlite3.Connection, now: float) -> Finding:
        hours = trouble.silent_hours(conn, now)
        if hours is None:
            return Finding("webhook", WARN, "WhatsApp has never told us anything")
        said = f"last word from WhatsApp {hours} hours ago"
        return Finding("webhook", WARN if hours >= most_hours else OK, said)

    return of_main_database(node, "webhook", ask)


def check_messages(node: Node) -> list[Finding]:
    """How many messages went this month, and what they cost by estimate."""
    if node.role != RELAY:
        return []
    limit = node.settings.number("monthly_messages_warning", config.MONTHLY_MESSAGES_WARNING)
    price_inr = node.settings.number("message_price_inr", config.MESSAGE_PRICE_INR)

    def ask(conn: sqlite3.Connection, now: float) -> Finding:
        months = meter.this_month(conn, now)
        said = "; ".join(
            f"a number sent {one.messages} this month ({one.templates} templates),"
            f" about {one.cost_inr(price_inr):.0f} rupees"
            for one in months
        )
        too_many = any(one.messages >= limit for one in months)
        return Finding("messages", WARN if too_many else OK, said or "none this month")

    return of_main_database(node, "messages", ask)


def check_platform(node: Node) -> list[Finding]:
    """Whether a person confirmed, this last year, what only Meta's own pages show."""
    if node.role != RELAY:
        return []
    told = str(node.settings.values.get("platform_confirmed", ""))
    try:
        days = int(node.machine.clock() // DAY_S) - (date.fromisoformat(told) - date(1970, 1, 1)).days
    except ValueError:
        return [Finding("platform", WARN, f"platform_confirmed is {told!r}, no date such as 2026-11-21")]
    return [
        Finding("platform", OK if 0 <= days <= CONFIRMED_FOR_DAYS else WARN, f"confirmed {days} days ago")
    ]
