"""What is written anywhere but into rows is on a list too: every field of every log line, every topic, every file."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest

from sync import db, topics
from tests import architecture
from tests.anonymity.conftest import MakeTown
from tests.anonymity.stories import Story, Teller, Who, answer_all
from tests.anonymity.test_structure import CLASSES, DATABASES
from tests.test_architecture import PACKAGES

ROOT = Path(__file__).parents[2]
LISTED = json.loads((Path(__file__).parent / "inventory.json").read_text(encoding="utf-8"))
LEVELS = ("debug", "info", "warning", "error", "critical", "exception", "log")
PLACES = ("relay", "box", "range", "runtime_dir", "epoch_store")


def lines(source: str) -> Iterator[tuple[str, str]]:
    """(template, its fields as they stand in the code) of every log line."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in LEVELS:
            whose = ast.unparse(call.func.value)
            if whose == "log" or whose.startswith("logging"):
                template, *fields = [ast.unparse(argument) for argument in call.args]
                yield (
                    template,
                    "; ".join([*fields, *(f"{k.arg}={ast.unparse(k.value)}" for k in call.keywords)]),
                )


def logged(tree: architecture.Tree) -> dict[str, dict[str, str]]:
    """By module: template -> fields. The simulator is WhatsApp's side and no part of the product."""
    sources = {path: source for path, source in tree.items() if "/simulator/" not in path}
    found = {path: dict(lines(source)) for path, source in sources.items()}
    return {path: said for path, said in found.items() if said}


def listed_lines() -> dict[str, dict[str, str]]:
    said = LISTED["log"].items()
    return {path: {line: kind.partition(": ")[2] for line, kind in of.items()} for path, of in said}


def patterns(place: str) -> dict[str, str]:
    """Pattern of a path -> class and whether it goes into a backup."""
    found: dict[str, str] = LISTED["files"][place]
    return found


def unlisted(place: str, root: Path) -> list[str]:
    paths = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return [str(path) for path in paths if not any(_is(path, pattern) for pattern in patterns(place))]


def _is(path: PurePath, pattern: str) -> bool:
    return len(path.parts) == len(PurePath(pattern).parts) and path.match(pattern)


def test_every_log_line_is_listed_with_its_fields() -> None:
    assert logged(architecture.read_tree(ROOT, PACKAGES)) == listed_lines()


@pytest.mark.parametrize(
    "line",
    [
        "log.warning('of %s', phone)",
        "logging.getLogger('x').error(f'of {phone}')",
        "log.error('x', exc_info=e)",
    ],
)
def test_a_new_field_in_a_log_line_is_noticed(line: str) -> None:
    assert logged({"relay/planted.py": line})["relay/planted.py"]


def test_nothing_but_public_is_ever_logged() -> None:
    assert {kind.partition(": ")[0] for of in LISTED["log"].values() for kind in of.values()} == {"public"}


def test_a_topic_holds_ids_of_nodes_alone() -> None:
    ((pattern, kind),) = LISTED["topic"].items()
    assert topics.topic("<to>", "<from>") == pattern and kind == "public"


def test_every_file_has_a_known_class_and_its_place_in_a_backup() -> None:
    assert set(LISTED["files"]) == set(PLACES)
    for place in PLACES:
        for pattern, kind in patterns(place).items():
            class_, _, backup = kind.partition(", backup: ")
            assert class_ in CLASSES and backup in ("never", "may"), pattern


def test_what_must_be_in_no_backup_is_never_copied() -> None:
    never = {name for place in PLACES for name, kind in patterns(place).items() if kind.endswith("never")}
    assert never & {"vault.db", "keys.db", "search.db"} == db.NEVER_COPIED & set(DATABASES)
    assert all(kind.endswith("never") for place in ("relay", "runtime_dir", "epoch_store")
               for name, kind in patterns(place).items() if ".db" in name or kind.startswith("contact"))  # fmt: skip


@pytest.mark.slow
def test_every_file_that_a_report_leaves_is_listed(make_town: MakeTown) -> None:
    town = make_town("files")
    teller = Teller(
        town, Who("919812345678", "IN.4711082930561742", "Asha"), Story(1, "drugs", "no", "push", 1)
    )
    teller.tell()
    town.release()
    answer_all(town)
    town.send_replies()
    town.jobs()
    found = {
        **{f"{place} {seat}": unlisted(place, town.root(seat))
           for place, seat in (("relay", "relay"), ("box", "jaunpur"), ("box", "ghazipur"), ("range", "range"))},
        **{place: unlisted(place, folder)
           for place, folder in (("runtime_dir", town.folder / "run"), ("epoch_store", town.folder / "relay-epochs"))},
    }  # fmt: skip
    assert [path for paths in found.values() for path in paths] == []
    (town.root("relay") / "numbers.txt").touch()
    assert unlisted("relay", town.root("relay")) == ["numbers.txt"]
