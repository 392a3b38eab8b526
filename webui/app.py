"""Makes the application: one blueprint per page, one place each for headers, languages and errors."""

import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from flask import Flask, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup

from appliance.config import BoxConfig
from appliance.desk import Desk, open_desk
from sync import journal, memory
from sync.clock import Clock
from sync.errors import ConfigError
from webui import (
    access,
    acts,
    answering,
    cases,
    clocks,
    comparing,
    court,
    drafting,
    entering,
    evidence,
    figures,
    headers,
    help,
    inbox,
    language,
    page,
    postings,
    practicing,
    printing,
    problems,
    rangeview,
    refusals,
    retention,
    signin,
    staff,
    status,
    trail,
    transfers,
)
from webui.site import Desks, Site, site

SECRET_BYTES = 32
LONGEST_REQUEST_BYTES = 64 * 1024
HASH_DIGITS = 12
HERE = Path(__file__).parent
PAGES = (
    *(signin, inbox, cases, acts, comparing, entering, printing, answering, evidence, court),
    *(retention, postings, transfers, rangeview, figures, staff, status, trail),
    *(drafting, practicing, help),
)


def create_app(open_one: Callable[[], Desk], clock: Clock, config: BoxConfig, secret: bytes) -> Flask:
    """The application. ``open_one`` gives each thread its desk; ``secret`` (32 bytes) signs the cookie."""
    app = Flask("webui", root_path=str(HERE))
    app.config.from_mapping(_settings(config, secret))
    app.extensions["satark"] = Site(Desks(open_one), clock, config.tls, _asset_hashes())
    access.csrf.init_app(app)
    language.install(app)
    clocks.install(app)
    problems.install(app)
    drafting.install(app)
    refusals.install(app)
    practicing.install(app)
    for module in PAGES:
        app.register_blueprint(module.pages)
    app.after_request(headers.harden)
    _prepare_templates(app)
    return app


def serve(root: str) -> Flask:
    """What a worker of gunicorn calls: the application, in a process that writes down nothing it knows."""
    memory.forbid_cores()
    journal.start()
    journal.take_over_gunicorn()
    return from_root(root)


def from_root(root: str) -> Flask:
    """The application of the box under ``root``."""
    folder = Path(root)
    office = open_desk(folder, time.time)
    office.conn.close()
    return create_app(lambda: open_desk(folder, time.time), time.time, office.config, _secret(folder))


def _secret(root: Path) -> bytes:
    path = root / "keys" / "web.key"
    if not path.is_file():
        raise ConfigError(f"{path} is not there", hint="Enrol this node first: satark node enrol")
    key = path.read_bytes()
    if len(key) != SECRET_BYTES:
        raise ConfigError(f"{path} has {len(key)} bytes, wanted: {SECRET_BYTES}")
    return key


def _settings(config: BoxConfig, secret: bytes) -> dict[str, object]:
    return {
        "SECRET_KEY": secret,
        "SESSION_COOKIE_NAME": "__Host-satark" if config.tls else "satark",
        "SESSION_COOKIE_SECURE": config.tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Strict",
        "SESSION_COOKIE_PATH": "/",
        "TRUSTED_HOSTS": [*config.lan_names, "localhost", "127.0.0.1"] if config.lan_names else None,
        "MAX_CONTENT_LENGTH": LONGEST_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": LONGEST_REQUEST_BYTES,
        "WTF_CSRF_TIME_LIMIT": None,  # a token lives as long as the login it belongs to
    }


def _prepare_templates(app: Flask) -> None:
    """Templates name what ``page.context`` gives and little else; a misspelt name is an error, not a blank."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for name in ("config", "session", "request", "g"):
        app.jinja_env.globals.pop(name, None)
    app.jinja_env.globals.update(asset=_asset, token=_token)
    app.template_context_processors[None] = [page.context]


def _asset_hashes() -> dict[str, str]:
    files = [file for file in (HERE / "static").iterdir() if file.is_file()]
    return {file.name: sha256(file.read_bytes()).hexdigest()[:HASH_DIGITS] for file in files}


def _asset(name: str) -> str:
    """The address of a static file, with a hash so that a browser may keep it for ever."""
    known = site().assets.get(name)
    return url_for("static", filename=name, v=known) if known else url_for("static", filename=name)


def _token() -> Markup:
    """The hidden field that every form needs."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(access.form_token())
