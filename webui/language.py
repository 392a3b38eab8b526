"""Languages of the pages: which one, how times and numbers are written, and the switch between them."""

import re
from datetime import UTC, datetime

from flask import Blueprint, Flask, redirect, request, session
from flask_babel import Babel, format_datetime, format_decimal
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from sync.catalogue import LANGUAGES
from sync.clock import HOUR_S, IST_OFFSET_S
from webui.places import local_path
from webui.site import language, now

pages = Blueprint("language", __name__)

# Indian grouping of digits in both (12,34,567); Babel knows it for "hi" and "en_IN".
LOCALES = {"hi": "hi", "en": "en_IN"}
NAMES = {"hi": "हिन्दी", "en": "English"}
ZONE = "Asia/Kolkata"
# Controls except tab and line end, embeddings, overrides, isolates; the joiners that Hindi needs stay.
_TRICKS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def install(app: Flask) -> None:
    """Makes templates translate and write times in Indian time, 24 hours, Latin digits."""
    Babel(app, default_locale="hi", default_timezone=ZONE, locale_selector=_locale)
    app.jinja_env.filters.update(
        moment=moment,
        short_moment=short_moment,
        clock_time=clock_time,
        hour_span=hour_span,
        day=day,
        count=format_decimal,
        visible=visible,
    )
    app.register_blueprint(pages)


def _locale() -> str:
    return LOCALES[language()]


def other() -> tuple[str, str]:
    """Code and own name of the language the switch offers."""
    code = LANGUAGES[(LANGUAGES.index(language()) + 1) % len(LANGUAGES)]
    return code, NAMES[code]


def moment(seconds: float) -> str:
    """A time of the office's own clock, to the minute: ``21 नव॰ 2026, 16:05``."""
    return _written(seconds, "d MMM y, HH:mm")


def short_moment(seconds: float) -> str:
    """A time of this year in as few letters as a list has room for: ``21 नव॰, 16:05``; another year's with its year."""
    years = {datetime.fromtimestamp(at + IST_OFFSET_S, UTC).year for at in (seconds, now())}
    return _written(seconds, "d MMM, HH:mm") if len(years) == 1 else _written(seconds, "d MMM y")


def clock_time(seconds: float) -> str:
    """A time of today: ``16:05``."""
    return _written(seconds, "HH:mm")


def day(seconds: float) -> str:
    """A day: ``16 नव॰ 2026``."""
    return _written(seconds, "d MMM y")


def hour_span(hour: int) -> str:
    """An hour of a report (hours since the epoch, UTC) as the two Indian times it lies between."""
    start = hour * HOUR_S
    return f"{_written(start, 'd MMM y, HH:mm')}–{_written(start + HOUR_S, 'HH:mm')}"


def visible(text: str) -> str:
    """Somebody's own words with the marks made visible that would turn letters around or hide them.

    A right-to-left override makes ``gpj.exe`` read as ``exe.jpg``; no Hindi, Urdu or English text needs one.
    """
    return _TRICKS.sub(lambda mark: f"[U+{ord(mark[0]):04X}]", text)


def _written(seconds: float, pattern: str) -> str:
    return str(format_datetime(datetime.fromtimestamp(seconds, UTC), pattern))


@pages.post("/language")
def switch() -> Response:
    """Takes the language a person chose and goes back to his page."""
    code = request.form.get("language", "")
    if code not in LANGUAGES:
        raise BadRequest(f"language must be one of {', '.join(LANGUAGES)}")
    session["language"] = code
    return redirect(local_path(request.form.get("next", "")))
