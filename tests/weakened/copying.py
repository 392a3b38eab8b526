"""A copy of the product with a weakening in it. Whatever runs with the copy as working folder runs the weak product."""

import shutil
from pathlib import Path

from tests.weakened.model import Edit, Weakening

ROOT = Path(__file__).parents[2]
FOLDERS = "relay sync appliance webui provisioning tests bench systemd requirements docs".split()
FILES = "pyproject.toml setup.py MANIFEST.in run README.md CONTRIBUTING.md CHANGELOG.md SECURITY.md".split()
LEFT_OUT = shutil.ignore_patterns("__pycache__", "screens", "*.db", "*.db-*")


class Stale(Exception):
    """An edit no longer fits the file it names: the weakening has to be written anew."""


def build(weakening: Weakening | None, folder: Path, source: Path = ROOT) -> Path:
    """Makes ``folder`` (new) a copy of the product with the weakening (None: without) and returns it.

    With it as working folder ``python -m provisioning`` and ``python -m pytest`` take every package from the copy,
    whatever is installed. Raises Stale, and leaves nothing behind, when an edit does not fit.
    """
    texts = edited(weakening.edits if weakening else (), source)
    for name in FOLDERS:
        shutil.copytree(source / name, folder / name, ignore=LEFT_OUT if source == ROOT else None)
    for name in FILES:
        shutil.copy2(source / name, folder / name)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def edited(edits: tuple[Edit, ...], source: Path = ROOT) -> dict[str, str]:
    """The new text of every file the edits name; raises Stale unless each ``old`` occurs exactly once."""
    texts: dict[str, str] = {}
    for edit in edits:
        path = source / edit.file
        if not path.is_file():
            raise Stale(f"{edit.file} is not there")
        text = texts.get(edit.file) or path.read_text(encoding="utf-8")
        if (count := text.count(edit.old)) != 1:
            raise Stale(f"{edit.file}: {edit.old!r} occurs {count} times, not once")
        texts[edit.file] = text.replace(edit.old, edit.new)
    return texts
