"""The demo that is shown: people have a phone to themselves; a report that cannot be sent ends nothing."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn, cast

import pytest

from provisioning.cli import demo as cli
from provisioning.demo import story
from provisioning.demo.fleet import DUTY_NUMBER_ID, PHONE_NUMBER_ID
from provisioning.demo.story import Broken
from provisioning.demo.world import World
from relay.simulator.app import serve
from relay.simulator.client import Phone, Refused
from relay.simulator.config import Config


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    """What is read of a world to show it: phones behind which there is no relay, and a process that has ended."""
    running = serve(Config(phone_number_ids=(PHONE_NUMBER_ID, DUTY_NUMBER_ID), wait_s=0.05))
    ended = SimpleNamespace(poll=lambda: 1)
    fleet = SimpleNamespace(ports={}, state=tmp_path)
    shown = SimpleNamespace(
        simulator_url=running.base_url, processes={"simulator": ended}, logins={}, fleet=fleet
    )
    yield cast(World, shown)
    running.close()


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def report(phone: Phone) -> NoReturn:
        raise error

    monkeypatch.setattr(story, "report_drugs", report)


@pytest.mark.parametrize(
    "error", [Broken("a"), Refused("a"), TimeoutError("a\nb"), ConnectionResetError("a"), IndexError("a")]
)
def test_a_report_that_fails_is_told_in_one_line(
    made: World, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, error)
    told = story.report_unasked(Phone.create(made.simulator_url, story.UNASKED))
    why = f"({type(error).__name__}: a)"
    assert told == f"No report could be sent from Vimla's phone {why}; all else goes on."


def test_a_phone_that_hears_nothing_is_such_a_failure(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "PATIENCE_S", 0.1)
    told = story.report_unasked(Phone.create(made.simulator_url, story.UNASKED))
    assert "(TimeoutError: not within 0.1 s" in told


@pytest.mark.slow
def test_a_demo_without_its_report_still_watches_its_processes(
    made: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, TimeoutError("a"))
    assert cli._show(made, tmp_path / "demo.json") == 1
    *_, told, last = capsys.readouterr().out.splitlines()
    assert told.startswith("No report could be sent") and last.startswith("simulator has ended by itself")


@pytest.mark.slow
def test_the_report_comes_from_a_phone_that_is_not_the_readers(
    made: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    used: list[str] = []
    monkeypatch.setattr(story, "report_drugs", lambda phone: used.append(phone.id))
    cli._show(made, tmp_path / "demo.json")
    shown = capsys.readouterr().out
    (line,) = [line for line in shown.splitlines() if f"/phone/{used[0]} " in line]
    assert "Vimla's, which reports by itself" in line and "for you to type on" not in line
    assert "on its way from Vimla's phone" in shown
