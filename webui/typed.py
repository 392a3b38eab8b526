"""What somebody typed into a form: which fields are words of his own, and which are never kept."""

from collections.abc import Iterator, Mapping

from flask import request
from flask_babel import gettext as _

from webui.site import desk, language

DRAFT = "draft"
"""The hidden field by which a form says which draft is its own."""
DISCARD = "discard"
"""The button by which somebody throws away what was kept; its value is the page he goes back to."""
NEVER_KEPT = frozenset(
    {
        "csrf_token",
        "version",
        "nonce",
        "next",
        DRAFT,
        DISCARD,
        "password",
        "proof",
        "code",
        "old",
        "new",
        "again",
    }
)


def fields() -> dict[str, str]:
    """The fields of this request's form that a draft keeps."""
    return {name: text for name, text in request.form.items() if name not in NEVER_KEPT}


def version() -> str:
    """The version of the case that this request's form was made for; "" of a form about none."""
    return request.form.get("version", "")


def words() -> list[tuple[str, str]]:
    """The words of this request's form, each with what it was for, to be read and copied."""
    return [(name, typed) for name, typed in _words(request.form) if typed]


def _words(form: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    named = {
        "text": _("In own words"),
        "place": _("Place"),
        "note": _("Note"),
        "brief": _("Brief for the officer"),
        "fir_no": _("Number of the FIR"),
        "agency": _("Passed to which office"),
        "display": _("Name and rank"),
    }
    yield from ((name, form.get(field, "").strip()) for field, name in named.items())
    category = desk().catalogue.category(form.get("category", ""))
    for question in category.questions if category else ():
        told = form.get(f"q.{question.code}", "").strip()
        labels = {option.code: option.label[language()] for option in question.options}
        yield question.label[language()], labels.get(told, told)
