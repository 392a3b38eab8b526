"""What every test shares: seeds, hypothesis profiles, missing tools, and the last line."""

import gc
import os
import random
from collections.abc import Callable, Iterator
from functools import partial

import argon2
import pytest
from hypothesis import HealthCheck, settings

from appliance.people import passwords

# What a test may name in @pytest.mark.needs(...), and the Debian package that brings it.
# `./run` exports the names it could not find in SATARK_MISSING; without that variable nothing is missing
# and a test that misses its tool fails loudly.
TOOLS = {
    "mosquitto": "mosquitto",
    "ffmpeg": "ffmpeg",
    "exiftool": "libimage-exiftool-perl",
    "pdftoppm": "poppler-utils",
    "chromium": "chromium",
    "fonts": "fonts-noto-core",
    "systemd-analyze": "systemd",
    "swtpm": "swtpm",
    "tpm2_flushcontext": "tpm2-tools",
}
IMPLIED = {"browser": ("chromium", "fonts"), "broker": ("mosquitto",)}

SEED = int(os.environ.setdefault("SATARK_SEED", str(random.SystemRandom().randrange(2**32))))
"""One for the run: worker processes find it in the environment."""
REAL_NOBODY = passwords.NOBODY
IN_CI = bool(os.environ.get("CI"))

# "fixed" gives the same examples on every machine, "quick" (./run check) fewer of them; "wide"
# (--hypothesis-profile=wide) searches anew.
settings.register_profile(
    "fixed",
    derandomize=True,
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("wide", parent=settings.get_profile("fixed"), derandomize=False, max_examples=2000)
settings.register_profile("quick", parent=settings.get_profile("fixed"), max_examples=15)
settings.load_profile("fixed")


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords cost a millisecond, not a tenth of a second; tests of what they must cost ask for real ones."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = partial(_hashed, argon2.low_level.hash_secret)
        patch.setattr("argon2._password_hasher.hash_secret", cheap)
        nobody = REAL_NOBODY.replace("$m=47104,", "$m=64,")
        assert nobody != REAL_NOBODY  # else every unknown name would cost the real price, and no test say so
        patch.setattr(passwords, "NOBODY", nobody)
        yield


def _hashed(really: Callable[..., bytes], **how: object) -> bytes:
    return really(**{**how, "memory_cost": 64})


@pytest.fixture
def real_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost what they cost in production."""
    monkeypatch.setattr("argon2._password_hasher.hash_secret", argon2.low_level.hash_secret)
    monkeypatch.setattr(passwords, "NOBODY", REAL_NOBODY)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers of this test, repeatable with SATARK_SEED (printed by every run)."""
    return random.Random(f"{SEED}/{request.node.nodeid}")


def _tools_of(item: pytest.Item) -> set[str]:
    named = {str(tool) for mark in item.iter_markers("needs") for tool in mark.args}
    implied = {tool for marker, tools in IMPLIED.items() if item.get_closest_marker(marker) for tool in tools}
    if unknown := named - TOOLS.keys():
        raise pytest.UsageError(
            f"{item.nodeid} needs {sorted(unknown)}; tests/conftest.py knows {list(TOOLS)}"
        )
    return named | implied


def pytest_addoption(parser: pytest.Parser) -> None:
    """--screens: the browser tests write a picture of every page to docs/screens/."""
    parser.addoption("--screens", action="store_true", help="write screenshots of every page to docs/screens")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests whose tools are missing or that want root, and only those."""
    missing = set(os.environ.get("SATARK_MISSING", "").split())
    for item in items:
        absent = sorted(_tools_of(item) & missing)
        if absent:
            packages = " ".join(TOOLS[tool] for tool in absent)
            item.add_marker(pytest.mark.skip(reason=f"not installed: {packages}"))
        elif item.get_closest_marker("root") and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="must run as root"))


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: the garbage collector need not look through them."""
    gc.freeze()


def pytest_report_header() -> str:
    """The seed, so that a failing run can be repeated."""
    return f"SATARK_SEED={SEED}"


def _counts(reporter: pytest.TerminalReporter) -> tuple[int, int, int]:
    """(passed, failed, skipped): errors count as failed, expected failures as skipped."""
    number = {kind: len(reports) for kind, reports in reporter.stats.items()}
    failed = number.get("failed", 0) + number.get("error", 0)
    return number.get("passed", 0), failed, number.get("skipped", 0) + number.get("xfailed", 0)


def _reporter(config: pytest.Config) -> pytest.TerminalReporter:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    assert isinstance(reporter, pytest.TerminalReporter)
    return reporter


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """With CI set, a skipped test fails the run: there everything can be installed."""
    skipped = _counts(_reporter(session.config))[2]
    if IN_CI and skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    yield


def pytest_unconfigure(config: pytest.Config) -> None:
    """Write the last line: all three numbers, alone, whatever they are."""
    reporter = _reporter(config)
    passed, failed, skipped = _counts(reporter)
    if failed:
        reporter.write_line(f"repeat with SATARK_SEED={SEED}")
    if IN_CI and skipped:
        reporter.write_line(f"CI is set: {skipped} skipped means failure")
    reporter.write_line(f"{passed} passed, {failed} failed, {skipped} skipped")
