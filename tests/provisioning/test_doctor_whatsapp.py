"""Doctor on the relay's side towards WhatsApp: says what is refused and what to do, and never of whom."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioning import doctor
from relay import meter, trouble
from relay import migrations as relay_schema
from relay.epochs import EpochStore
from sync import db
from sync.clock import DAY_S, HOUR_S
from tests.provisioning.test_doctor import RELAY, Ill, make

pytestmark = pytest.mark.slow  # in ./run test, not in ./run check


@pytest.fixture
def relay(tmp_path: Path) -> Ill:
    ill = make(tmp_path, "relay", None, dict(RELAY))
    for name, migrations in (("relay.db", relay_schema.relay_db), ("vault.db", relay_schema.vault_db)):
        db.open_db(ill.root / name, migrations).close()
    EpochStore.initialise(ill.root / "store")
    return ill


@contextmanager
def database(ill: Ill) -> Iterator[sqlite3.Connection]:
    with closing(db.open_db(ill.root / "relay.db", relay_schema.relay_db)) as conn:
        yield conn


@pytest.mark.parametrize(
    ("code", "about"),
    [(190, "token"), (131042, "payment"), (368, "account"), (132001, "template"), (7, "request")],
)
@pytest.mark.parametrize(("age_s", "severity"), [(HOUR_S, doctor.FAIL), (20 * HOUR_S, doctor.WARN)])
def test_a_refusal_is_explained(relay: Ill, code: int, about: str, age_s: float, severity: str) -> None:
    with database(relay) as conn:
        for _ in range(3):
            trouble.note(conn, code, relay.machine.clock() - age_s)
    check = relay.examine()["whatsapp"]
    assert check.severity == severity
    assert check.evidence.startswith(f"{about}: code {code}, 3 times. ")
    assert trouble.help_for(code)[1] in check.evidence


def test_a_refusal_of_the_day_before_yesterday_is_over(relay: Ill) -> None:
    with database(relay) as conn:
        trouble.note(conn, 190, relay.machine.clock() - 2 * DAY_S)
    assert relay.examine()["whatsapp"].severity == doctor.OK


def test_silence_of_whatsapp_is_noticed(relay: Ill) -> None:
    assert relay.examine()["webhook"].severity == doctor.WARN
    with database(relay) as conn:
        trouble.heard(conn, relay.machine.clock() - 5 * HOUR_S)
    check = relay.examine()["webhook"]
    assert (check.severity, check.evidence) == (doctor.OK, "last word from WhatsApp 5 hours ago")
    relay.change(webhook_silence_h=5)
    assert relay.examine()["webhook"].severity == doctor.WARN


def test_what_messages_cost_is_shown_and_too_many_are_a_warning(relay: Ill) -> None:
    assert relay.examine()["messages"].evidence == "none this month"
    with database(relay) as conn:
        for n in range(100):
            meter.accepted(conn, "canary-id-5e1f", n % 4 == 0, relay.machine.clock())
    check = relay.examine()["messages"]
    assert check.severity == doctor.OK
    assert check.evidence == "a number sent 100 this month (25 templates), about 12 rupees"
    relay.change(monthly_messages_warning=100, message_price_inr=1)
    check = relay.examine()["messages"]
    assert check.severity == doctor.WARN and check.evidence.endswith("about 100 rupees")


@pytest.mark.parametrize(
    ("days", "severity"), [(0, doctor.OK), (365, doctor.OK), (366, doctor.WARN), (-2, doctor.WARN)]
)
def test_the_settings_at_meta_are_to_be_confirmed_once_a_year(relay: Ill, days: int, severity: str) -> None:
    today = datetime.fromtimestamp(relay.machine.clock(), UTC).date()
    relay.change(platform_confirmed=(today - timedelta(days)).isoformat())
    assert relay.examine()["platform"].severity == severity


def test_settings_at_meta_that_nobody_confirmed_are_a_warning(relay: Ill) -> None:
    assert relay.examine()["platform"].severity == doctor.WARN
    relay.change(platform_confirmed="yes")
    assert "no date" in relay.examine()["platform"].evidence
