"""What could hold a person is on a list: fields of messages, columns of databases, words of the code."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from sqlite_utils import Migrations

from appliance.migrations import BOX, KEYS
from appliance.rangenode.migrations import RANGE
from appliance.search.migrations import SEARCH
from relay.migrations import relay_db, vault_db
from sync import messages
from sync.db import open_db
from tests import architecture
from tests.test_architecture import PACKAGES, RELAY_WORDS

ROOT = Path(__file__).parents[2]
INVENTORY: dict[str, dict[str, dict[str, str]]] = json.loads(
    (Path(__file__).parent / "inventory.json").read_text(encoding="utf-8")
)
DATABASES = {
    "relay.db": relay_db,
    "vault.db": vault_db,
    "box.db": BOX,
    "keys.db": KEYS,
    "range.db": RANGE,
    "search.db": SEARCH,
}
CLASSES = ("public", "police", "contact-secret")
# Where something that leads to a person may lie sealed or as a tag; keys.db alone holds such a key as it is.
SEALED_IN = {("relay.db", None), ("vault.db", None), ("box.db", "quarantine")}

# Every field of everything that travels, by its class.
MESSAGES = {
    "Answer": {"question": "police", "choice": "police", "text": "police"},
    "Manifest": {
        **dict.fromkeys(
            ("file_id", "kind", "mime", "size_bytes", "sha256_received", "sha256_kept"), "police"
        ),
        **dict.fromkeys(("sha256_sealed", "key", "dropped", "tool"), "police"),
    },
    "ReportBody": {
        **dict.fromkeys(("handle", "category", "language", "answers", "text", "district", "thana"), "police"),
        **dict.fromkeys(
            ("place", "hour", "happening_now", "fear", "police_involved", "incomplete"), "police"
        ),
        **dict.fromkeys(("contact", "evidence", "missing_evidence", "adds_to"), "police"),
        "v": "public",
    },
    "Contact": {"v": "public", "handle": "police", "report_key": "contact-secret"},
    "Reply": {
        **dict.fromkeys(("handle", "reply_no", "template", "parameters"), "police"),
        "v": "public",
        "report_key": "contact-secret",
    },
    "Acknowledgement": dict.fromkeys(("message_id", "envelope_hash", "index", "epoch", "result"), "public"),
    "Acknowledgements": {"v": "public", "items": "public"},
    "Hello": dict.fromkeys(
        (
            *("v", "run", "issued_at", "epoch", "directory_version", "message_key", "log_size", "log_head"),
            *("contact_key", "sealed_to"),
        ),
        "public",
    ),
    "Settled": {"v": "public", "items": "police"},
    "PublicState": {"v": "public", "handle": "police", "state": "police", "version": "police"},
    "Cell": dict.fromkeys(("district", "thana", "category", "week", "status", "count"), "police"),
    "Tally": dict.fromkeys(
        (
            *("district", "category", "week", "sensitivity", "victim", "child"),
            *("open", "action", "none", "duplicates", "quarantined"),
        ),
        "police",
    ),
    "Digest": {"v": "public", "epoch": "public", "seq": "public", "cells": "police", "tallies": "police"},
    "FileState": dict.fromkeys(("v", "epoch", "file_id", "have", "complete"), "public"),
    # The number is of an officer, at the office that holds it anyway: no informant's.
    "Duty": {
        **dict.fromkeys(("duty", "number", "language", "serial", "thana"), "police"),
        **dict.fromkeys(("sensitivity", "urgency", "brief"), "police"),
        "v": "public",
    },
    "DutyOver": {"v": "public", "duty": "police"},
    "DutyAnswer": {"v": "public", **dict.fromkeys(("duty", "kind", "text", "hour", "evidence"), "police")},
}


def travelling() -> Iterator[type]:
    """Every dataclass that a message can hold."""
    waiting: list[Any] = [kind for parts in messages.PURPOSES.values() for kind in parts.values()]
    seen: set[type] = set()
    while waiting:
        kind = waiting.pop()
        if is_dataclass(kind) and isinstance(kind, type) and kind not in seen:
            seen.add(kind)
            yield kind
            waiting += get_type_hints(kind).values()
        waiting += get_args(kind)


def columns(folder: Path, name: str, migrations: Migrations) -> dict[str, set[str]]:
    """The columns of every table, as a new database has them."""
    with closing(open_db(folder / name, migrations)) as conn:
        tables = conn.execute("select name from sqlite_master where type='table'").fetchall()
        return {table: {row[1] for row in conn.execute(f"pragma table_info({table})")} for (table,) in tables}


def listed(name: str) -> Iterator[tuple[str, str, str, str]]:
    """Table, column, class and protection of every listed column of a database."""
    for table, classes in INVENTORY[name].items():
        for column, text in classes.items():
            kind, _, protection = text.partition(", ")
            yield table, column, kind, protection


def test_only_the_relay_can_name_a_number() -> None:
    tree = architecture.read_tree(ROOT, PACKAGES)
    assert architecture.named_identifiers(tree, RELAY_WORDS, ("relay",)) == []


@pytest.mark.parametrize("word", ["wa_id", "wamid", "bsuid", "from_user_id", "recipient_id", "phone_number"])
def test_a_planted_word_is_found(word: str) -> None:
    tree = {"appliance/planted.py": f"def store({word}: str) -> None: ...\n"}
    assert len(architecture.named_identifiers(tree, RELAY_WORDS, ("relay",))) == 1


def test_every_field_that_travels_is_listed() -> None:
    found = {kind.__name__: {field.name for field in fields(kind)} for kind in travelling()}
    assert found == {name: set(classes) for name, classes in MESSAGES.items()}


def test_secrets_travel_in_two_messages_only() -> None:
    assert {c for classes in MESSAGES.values() for c in classes.values()} == set(CLASSES)
    holders = {name for name, classes in MESSAGES.items() if "contact-secret" in classes.values()}
    assert holders == {"Contact", "Reply"}


def test_no_message_can_hold_what_is_not_declared() -> None:
    leaves = {
        leaf for kind in travelling() for hint in get_type_hints(kind).values() for leaf in _leaves(hint)
    }
    assert {leaf for leaf in leaves if not is_dataclass(leaf)} == {str, int, bool, bytes, type(None)}


def _leaves(hint: Any) -> set[Any]:
    inner = [one for one in get_args(hint) if one is not Ellipsis]
    return {leaf for one in inner for leaf in _leaves(one)} if inner else {hint}


@pytest.mark.parametrize("name", DATABASES)
def test_every_column_is_listed_and_none_has_vanished(tmp_path: Path, name: str) -> None:
    found = columns(tmp_path, name, DATABASES[name])
    assert found == {table: set(classes) for table, classes in INVENTORY[name].items()}


def test_the_inventory_lists_every_database_by_known_classes() -> None:
    assert set(INVENTORY) == {"classes", "log", "topic", "files", *DATABASES}  # these: test_inventory.py
    assert set(INVENTORY["classes"]) == set(CLASSES)
    assert {kind for name in DATABASES for _, _, kind, _ in listed(name)} == set(CLASSES)


@pytest.mark.parametrize("name", DATABASES)
def test_what_leads_to_a_person_lies_sealed_or_in_keys_db(name: str) -> None:
    secrets = [(t, c, protection) for t, c, kind, protection in listed(name) if kind == "contact-secret"]
    if name == "keys.db":
        assert secrets == [("report_key", "report_key", "")]
        return
    for table, column, protection in secrets:
        assert (name, None) in SEALED_IN or (name, table) in SEALED_IN, (table, column)
        assert protection.startswith(("sealed: ", "tag: ")), (table, column)


def test_a_new_column_is_noticed(tmp_path: Path) -> None:
    with closing(open_db(tmp_path / "box.db", BOX)) as conn:
        conn.execute("alter table report add column sender text")
    found = columns(tmp_path, "box.db", BOX)
    assert found["report"] - set(INVENTORY["box.db"]["report"]) == {"sender"}


def test_sealed_columns_are_blobs(tmp_path: Path) -> None:
    for name, migrations in DATABASES.items():
        with closing(open_db(tmp_path / name, migrations)) as conn:
            wrong = [
                (name, table, column)
                for table, column, _, protection in listed(name)
                if protection and _type(conn, table, column) != "BLOB"
            ]
        assert wrong == []


def _type(conn: sqlite3.Connection, table: str, column: str) -> str:
    types = {row[1]: str(row[2]).upper() for row in conn.execute(f"pragma table_info({table})")}
    return types[column]
