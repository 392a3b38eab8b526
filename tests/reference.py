"""Parts of the documentation that are made from the code: ``python -m tests.reference`` writes them."""

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

from appliance.desk import ROLES
from appliance.sensitivity import RULES
from relay import phrases
from sync.catalogue import LANGUAGES
from sync.messages import PURPOSES

DOCS = Path(__file__).parents[1] / "docs"
QUOTED_CHARS = 115


def messages() -> str:
    """Every purpose, its parts, and the fields of each with their types."""
    lines = ["| purpose | part | what it is | fields |", "|---|---|---|---|"]
    for purpose, parts in PURPOSES.items():
        for part, kind in parts.items():
            about = (kind.__doc__ or "").split("\n")[0].replace("|", "\\|")
            lines.append(f"| `{purpose}` | `{part}` | {about} | {_fields(kind)} |")
    return "\n".join(lines)


def safe() -> str:
    """What the bot answers to the question how safe this is, in every language, as quotations."""
    said = phrases.load()
    quoted = ("\n".join(_quoted(said.text(language, "help_safe"))) for language in LANGUAGES)
    return "\n\n".join(quoted)


def _quoted(text: str) -> Iterator[str]:
    """Each line of a phrase, folded to the width of a page, as a quotation of Markdown."""
    for line in text.split("\n"):
        for part in textwrap.wrap(line, QUOTED_CHARS, break_on_hyphens=False) or [""]:
            yield f"> {part}".rstrip()


def classes() -> str:
    """What each class of sensitivity means: the table that the program asks."""
    heads = (
        "class",
        "reads the words",
        "sees choices and place only",
        "opens files",
        "says why in own words",
    )
    more = (
        *("brief may leave", "prints", "hands on to court"),
        *("words in the auditor's sample", "kept after closing or confirming"),
    )
    lines = ["| " + " | ".join((*heads, *more)) + " |", "|" + "---|" * (len(heads) + len(more))]
    for (name, is_flagged), row in RULES.items():
        cells = (
            f"{name}, victim or child" if is_flagged else name,
            _roles(row.words),
            _roles(row.outline - row.words),
            _roles(row.media),
            _roles(row.explains & row.media),
            "yes" if row.brief else "no",
            _roles(row.prints),
            _roles(row.exports),
            _roles(row.samples),
            f"{row.days} days",
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _roles(roles: frozenset[str]) -> str:
    return ", ".join(role for role in ROLES if role in roles) or "nobody"


SECTIONS: dict[str, dict[str, Callable[[], str]]] = {
    "PROTOCOL.md": {"messages": messages},
    "THREATS.md": {"safe": safe},
    "OPERATIONS.md": {"classes": classes},
}


def written(page: str, text: str) -> str:
    """``text`` of a page with its generated sections made anew."""
    for name, make in SECTIONS[page].items():
        begin = f"<!-- generated: {name} -->"
        pattern = re.compile(re.escape(begin) + r".*?<!-- end -->", re.DOTALL)
        made = f"{begin}\n{make()}\n<!-- end -->"
        text = pattern.sub(made.replace("\\", "\\\\"), text)
    return text


def _fields(kind: type) -> str:
    hints = get_type_hints(kind)
    return ", ".join(f"{f.name}: {_type(hints[f.name])}" for f in fields(kind) if f.name != "v")


def _type(hint: object) -> str:
    plain = getattr(hint, "__name__", None) if "[" not in str(hint) else None
    return (plain or re.sub(r"\b(?:\w+\.)+", "", str(hint))).replace("|", "or")


if __name__ == "__main__":
    for name in SECTIONS:
        path = DOCS / name
        path.write_text(written(name, path.read_text(encoding="utf-8")), encoding="utf-8")
