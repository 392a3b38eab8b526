"""What is written anywhere but into rows is on a list too: every field of every log line, every topic, every file."""

import ast
import json
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
LEVELS = ("debug", "info", "warning", "warn", "error", "critical", "fatal", "exception", "log")
NO_LOG = {"relay/processes.py": "meter.warn", "appliance/viewing.py": "evidence.info"}
"""Functions of ours that are called as a level is."""
STREAMS = ("stdout", "stderr", "__stdout__", "__stderr__")
SPEAKING = {"warnings": ("warn", "warn_explicit"), "sys": STREAMS, "logging": LEVELS, "syslog": ("syslog",)}
"""Names of the library through which a line goes out beside the loggers. ``print`` is ruff's (T20)."""
ALLOWED = {"sync/metadata/child.py": {"sys.stdout"}, "sync/journal.py": {"sys.stderr", "sys.__stderr__"}}
"""A child that answers its parent over a pipe, and where the journal itself goes."""
PLACES = ("relay", "box", "range", "runtime_dir", "epoch_store")


Lines = list[tuple[str, str]]
"""(template, its fields as they stand in the code), sorted; a template that stands twice is there twice."""


def lines(source: str, no_log: str = "") -> Lines:
    """Every log line: what is called as a level, on whatever name, and a level of a logger that is handed on."""
    tree = ast.parse(source)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_level(node.func)]
    called = {id(call.func) for call in calls}
    handed_on = [
        ("", ast.unparse(node))
        for node in ast.walk(tree)
        if _is_level(node) and id(node) not in called and _names_a_logger(node)
    ]
    return sorted([_line(call) for call in calls if ast.unparse(call.func) != no_log] + handed_on)


def _is_level(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in LEVELS


def _names_a_logger(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and "log" in ast.unparse(node.value).lower()


def _line(call: ast.Call) -> tuple[str, str]:
    template, *fields = [*map(ast.unparse, call.args), *([] if call.args else [""])]
    return template, "; ".join([*fields, *(f"{k.arg}={ast.unparse(k.value)}" for k in call.keywords)])


def speaking(source: str) -> set[str]:
    """Every other way out: standard streams and warnings, by name or imported from their module."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in SPEAKING.get(ast.unparse(node.value), ()):
            found.add(ast.unparse(node))
        elif isinstance(node, ast.ImportFrom):
            found |= {
                f"{node.module}.{a.name}" for a in node.names if a.name in SPEAKING.get(node.module or "", ())
            }
        elif isinstance(node, ast.Import):
            found |= {f"{a.name} as {a.asname}" for a in node.names if a.asname and a.name in SPEAKING}
    return found


def ours(tree: architecture.Tree) -> architecture.Tree:
    """The simulator is WhatsApp's side and no part of the product."""
    return {path: source for path, source in tree.items() if "/simulator/" not in path}


def logged(tree: architecture.Tree) -> dict[str, Lines]:
    """By module: every log line."""
    found = {path: lines(source, NO_LOG.get(path, "")) for path, source in ours(tree).items()}
    return {path: said for path, said in found.items() if said}


def listed_lines() -> dict[str, Lines]:
    said = LISTED["log"].items()
    return {path: sorted((line, kind.partition(": ")[2]) for line, kind in of.items()) for path, of in said}


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
        "logger.warning('%s', phone)",
        "self._log.error(phone)",
        "current_app.logger.error(phone)",
        "journal.log.warning(phone)",
        "log.warning(msg=phone)",
        "later(self.log.info, phone)",
    ],
)
def test_a_new_field_in_a_log_line_is_noticed(line: str) -> None:
    ((said, fields),) = logged({"relay/planted.py": line})["relay/planted.py"]
    assert (said + fields) not in ("", "''")


def test_of_two_lines_of_one_template_both_are_seen() -> None:
    twice = "log.warning('of %s', phone)\nlog.warning('of %s', code)"
    assert lines(twice) == [("'of %s'", "code"), ("'of %s'", "phone")]


def test_nothing_leaves_beside_the_loggers() -> None:
    tree = ours(architecture.read_tree(ROOT, PACKAGES))
    assert {path: found for path, source in tree.items() if (found := speaking(source))} == ALLOWED


@pytest.mark.parametrize(
    "line",
    [
        "sys.stderr.write(phone)",
        "print(phone, file=sys.__stdout__)",
        "warnings.warn(phone)",
        "from warnings import warn",
        "from sys import stderr as out",
        "import warnings as w",
    ],
)
def test_another_way_out_is_noticed(line: str) -> None:
    assert speaking(line)


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
