"""The demo as a visitor runs it: one command, the whole story, checked."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

CLONE = Path(__file__).parents[2]
STEPS = (
    "phone: Hi → हिन्दी",
    "exactly one case, JNP-",
    "its photos:",
    "Ghazipur, Chandauli and the range show no case",
    "a tap shows it in Hindi",
    "the range's page counts one case in all",
    "a report on police reached the range only, as RNG-",
)


@pytest.mark.slow
@pytest.mark.parametrize("broker", [pytest.param("mosquitto", marks=pytest.mark.broker), "amqtt"])
def test_the_demo_tells_and_checks_its_story(broker: str) -> None:
    command = [sys.executable, "-m", "provisioning", "demo", "--once", "--broker", broker]
    told = subprocess.run(command, cwd=CLONE, capture_output=True, text=True, timeout=150)
    assert told.returncode == 0, told.stdout + told.stderr
    steps = re.findall(r"✓ +[\d.]+ s +(.*)", told.stdout)
    assert len(steps) == len(STEPS)
    assert all(wanted in step for wanted, step in zip(STEPS, steps, strict=True)), told.stdout
    assert "The story holds." in told.stdout
