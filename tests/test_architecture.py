"""DESIGN §4, held: who may import whom, who may touch which library, who may say a number's name."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests import architecture
from tests.architecture import Tree

ROOT = Path(__file__).parent.parent

# Package -> what it may import of ours. Nobody imports provisioning; relay and appliance never meet.
PACKAGES = {
    "sync": set[str](),
    "relay": {"sync"},
    "appliance": {"sync"},
    "webui": {"appliance", "sync"},
    "provisioning": {"sync", "relay", "appliance", "webui"},
}

# Inside a package: cli -> jobs -> domain -> migrations, config (which raise errors).
LAYERS = {"cli": 3, "__main__": 3, "jobs": 2, "migrations": 0, "config": 0, "deadlines": 0, "errors": 0}
DOMAIN = 1

FLASK = ("webui", "relay/webhook", "relay/simulator")
# Foreign library -> the only modules that import it ("sync/link" is link.py or the folder link/).
IMPORTERS = {
    "paho": ("sync/link",),
    "cryptography": ("sync/sealing", "provisioning/authority"),
    "httpx": ("relay/whatsapp",),
    "apscheduler": ("appliance/jobs",),
    "sqlite_utils": ("sync/db", "*/migrations"),
    "flask": FLASK,
    "werkzeug": FLASK,
    "jinja2": FLASK,
    "markupsafe": FLASK,
    "flask_babel": ("webui",),
    "flask_wtf": ("webui",),
    "babel": ("webui",),
    "argon2": ("appliance/people/passwords",),
    "pyotp": ("appliance/people/factor",),
    "amqtt": ("provisioning/amqtt_child",),
    "click": ("*/cli",),
    "phonenumbers": ("sync/identifiers/numbers", "appliance/holders", "provisioning/posters/number"),
    "pikepdf": ("sync/metadata/pdf",),
    "segno": ("provisioning/posters/link", "webui/signin/qr"),
    "fpdf": ("provisioning/posters/pdf",),
    "uharfbuzz": ("provisioning/posters/fonts",),
    "fontTools": ("provisioning/posters/fonts",),
}
OPENS_DATABASES = r"sqlite3\.(dbapi2\.)?connect|(sqlite_utils\.)?Database"
READS_ENVIRONMENT = ("*/cli", "*/config")

# They open a case or a file whoever asks: a page takes the ones that ask rights.py first (cases.seen, evidence.seen).
UNCHECKED_READS = r"cases\.get|ledger\.(find|by_id|at_version)|evidence\.info"

# What the informant's WhatsApp account is called; one's own business number (..._id) is no secret.
RELAY_WORDS = r"(?<![a-z0-9])(wa_id|wamid|bsuid|from_user_id|recipient_id|phone_number)s?(?![a-z0-9]|_id)"

# Functions of their arguments: the same input gives the same output, today and in a test.
PURE = (
    "relay/dialogue",
    "relay/events",
    "sync/messages",
    "sync/topics",
    "sync/catalogue",
    "appliance/analysis",
)
CLOCKS_AND_CHANCE = (
    r"time\.\w+|random\.(?!Random)\w+|secrets\.\w+|os\.urandom|(datetime\.)?datetime\.(utc)?now"
)

CHECKS: dict[str, Callable[[Tree], list[str]]] = {
    "packages": lambda tree: architecture.wrong_packages(tree, PACKAGES),
    "layers": lambda tree: architecture.wrong_layers(tree, LAYERS, DOMAIN),
    "cycles": architecture.cycles,
    "libraries": lambda tree: architecture.wrong_importers(tree, IMPORTERS, PACKAGES),
    "databases": lambda tree: architecture.wrong_calls(tree, OPENS_DATABASES, ("sync/db",)),
    "environment": lambda tree: architecture.environment_readers(tree, READS_ENVIRONMENT),
    "simulator": lambda tree: architecture.imports_of_ours(tree, "relay/simulator"),
    "objects": lambda tree: architecture.wrong_calls(
        {path: source for path, source in tree.items() if path.startswith("webui/")}, UNCHECKED_READS, ()
    ),
    "words": lambda tree: architecture.named_identifiers(tree, RELAY_WORDS, ("relay",)),
    "purity": lambda tree: architecture.wrong_calls(
        {path: source for path, source in tree.items() if architecture.is_under(path, PURE)},
        CLOCKS_AND_CHANCE,
        (),
    ),
}

# check, {planted file: its source}, where the finding must point
PLANTED = [
    ("packages", {"sync/planted.py": "import appliance\n"}, "sync/planted.py:1"),
    ("packages", {"relay/planted.py": "def f():\n    from appliance import cases\n"}, "relay/planted.py:2"),
    (
        "packages",
        {"appliance/planted.py": "import importlib\nimportlib.import_module('relay.vault')\n"},
        ":2",
    ),
    ("packages", {"webui/planted.py": "from relay.vault import x\n"}, "webui/planted.py:1"),
    ("packages", {"appliance/planted.py": "import webui.app\n"}, "appliance/planted.py:1"),
    ("packages", {"relay/planted.py": "import provisioning\n"}, "relay/planted.py:1"),
    ("layers", {"relay/planted.py": "from relay import cli\n", "relay/cli.py": ""}, "relay/planted.py:1"),
    ("layers", {"relay/planted.py": "import relay.cli.web\n", "relay/cli/web.py": ""}, "relay/planted.py:1"),
    ("layers", {"webui/planted.py": "import appliance.cli\n", "appliance/cli.py": ""}, "webui/planted.py:1"),
    ("layers", {"sync/planted.py": "", "sync/config.py": "\nimport sync.planted\n"}, "sync/config.py:2"),
    ("layers", {"appliance/planted.py": "from appliance import jobs\n", "appliance/jobs.py": ""}, ":1"),
    (
        "layers",
        {
            "sync/planted.py": "",
            "appliance/rangenode/planted.py": "",
            "appliance/rangenode/migrations.py": "from appliance.rangenode import planted\n",
        },
        "appliance/rangenode/migrations.py:1",
    ),
    ("cycles", {"sync/a.py": "import sync.b\n", "sync/b.py": "def f():\n    import sync.a\n"}, "sync/b.py:2"),
    (
        "cycles",
        {
            "sync/a.py": "from sync import b\n",
            "sync/b.py": "from sync import c\n",
            "sync/c.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from sync.a import X\n",
        },
        "sync/c.py:3",
    ),
    ("libraries", {"relay/planted.py": "from paho.mqtt import client\n"}, "relay/planted.py:1"),
    ("libraries", {"appliance/planted.py": "import cryptography.hazmat\n"}, "appliance/planted.py:1"),
    ("libraries", {"relay/planted.py": "import httpx\n"}, "relay/planted.py:1"),
    ("libraries", {"appliance/planted.py": "import flask\n"}, "appliance/planted.py:1"),
    ("libraries", {"webui/planted.py": "import gunicorn.app\n"}, "webui/planted.py:1"),
    ("libraries", {"appliance/planted.py": "import pandas\n"}, "appliance/planted.py:1"),
    ("databases", {"relay/planted.py": "import sqlite3\nsqlite3.connect('x')\n"}, "relay/planted.py:2"),
    ("databases", {"webui/planted.py": "from sqlite_utils import Database\nDatabase('x')\n"}, ":2"),
    ("environment", {"relay/planted.py": "import os\nos.environ['X']\n"}, "relay/planted.py:2"),
    ("environment", {"relay/planted.py": "import os\nos.environ.get('X')\n"}, "relay/planted.py:2"),
    ("environment", {"webui/planted.py": "from os import getenv\n"}, "webui/planted.py:1"),
    (
        "simulator",
        {"relay/simulator/planted.py": "from sync import topics\n"},
        "relay/simulator/planted.py:1",
    ),
    ("simulator", {"relay/simulator/planted.py": "import relay.events\n"}, "relay/simulator/planted.py:1"),
    ("objects", {"webui/planted.py": "from appliance import cases\ncases.get(1, 2)\n"}, "webui/planted.py:2"),
    ("words", {"appliance/planted.py": "wa_id = 1\n"}, "appliance/planted.py:1"),
    ("words", {"sync/planted.py": "def f(informant_phone_number): ...\n"}, "sync/planted.py:1"),
    ("words", {"webui/planted.py": "x = 'select wamid from t'\n"}, "webui/planted.py:1"),
    ("words", {"provisioning/planted.py": "x.recipient_ids\n"}, "provisioning/planted.py:1"),
    ("purity", {"relay/dialogue/planted.py": "import time\ntime.time()\n"}, "relay/dialogue/planted.py:2"),
    ("purity", {"sync/messages/planted.py": "import secrets\nsecrets.token_hex()\n"}, ":2"),
    ("purity", {"sync/topics/planted.py": "from datetime import datetime\ndatetime.now()\n"}, ":2"),
]

# What must stay legal: {file: source} that no check reports.
ALLOWED = [
    {"webui/planted.py": "from appliance import cases\nfrom sync import topics\n", "appliance/cases.py": ""},
    {
        "relay/cli.py": "from relay import intake\n",
        "relay/intake.py": "from relay import config\n",
        "relay/config.py": "import os\nos.environ['X']\n",
    },
    {"sync/link/__init__.py": "import paho.mqtt.client\n"},
    {"sync/planted.py": '"""Never a wa_id."""\nphone_number_id = 1\n'},
    {"relay/planted.py": "wa_id = 'wamid'\n"},
    {
        "relay/simulator/planted.py": "from relay.simulator import page\nimport flask\n",
        "relay/simulator/page.py": "",
    },
    {"relay/dialogue/planted.py": "import random\ndef f(rng: random.Random): return rng.random()\n"},
]


@pytest.fixture(scope="module")
def tree() -> Tree:
    return architecture.read_tree(ROOT, PACKAGES)


@pytest.fixture(scope="module")
def found(tree: Tree) -> Callable[[str], frozenset[str]]:
    """What each check says of the tree as it is."""
    return cache(lambda check: frozenset(CHECKS[check](tree)))


def test_the_tree_is_read(tree: Tree) -> None:
    assert {path.split("/")[0] for path in tree} == set(PACKAGES)
    assert len(architecture.imports(tree)) > len(tree)


@pytest.mark.parametrize("check", CHECKS)
def test_the_tree_keeps_the_rule(found: Callable[[str], frozenset[str]], check: str) -> None:
    assert not found(check), "\n" + "\n".join(sorted(found(check)))


@pytest.mark.parametrize(("check", "planted", "place"), PLANTED)
def test_a_planted_mistake_is_found(
    tree: Tree, found: Callable[[str], frozenset[str]], check: str, planted: dict[str, str], place: str
) -> None:
    new = set(CHECKS[check]({**tree, **planted})) - found(check)
    assert any(f"{place}: " in finding for finding in new), new


@pytest.mark.parametrize("files", ALLOWED)
def test_what_is_allowed_is_not_reported(files: dict[str, str]) -> None:
    assert [finding for check in CHECKS.values() for finding in check(files)] == []
