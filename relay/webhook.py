"""Where WhatsApp posts: verify the bytes, read them, have them stored, answer. Nothing slow, nothing logged."""

import hmac
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Blueprint, Flask, Response, abort, current_app, request

from relay import events
from relay.events import Update
from relay.patience import Patience
from sync.clock import Clock
from sync.errors import ConfigError

Store = Callable[[list[Update], float], None]
"""Commits updates that came at a time (epoch seconds) to disk; raises whatever keeps it from doing so."""

# WhatsApp promises 3 MB; whether it means 2^20 or 10^6 and counts its escapes, it does not say.
LARGEST_BODY_BYTES = 3 * 1024 * 1024 + 64 * 1024
_MOST_DIGITS = len(str(LARGEST_BODY_BYTES))
SIGNATURE = "X-Hub-Signature-256"
_SIGNATURE_IN_ENVIRON = "HTTP_" + SIGNATURE.upper().replace("-", "_")
_HEADERS = (("X-Content-Type-Options", "nosniff"),)
_LINES = {status: f"{status} {HTTPStatus(status).phrase}" for status in (200, 403, 503)}
_EXTENSION = "satark-webhook"

log = logging.getLogger(__name__)
webhook = Blueprint("webhook", __name__)


@dataclass(frozen=True)
class WebhookSettings:
    """What WhatsApp and we both know: the app's secret, and the word it must say when it subscribes."""

    app_secret: bytes
    verify_token: str

    def __post_init__(self) -> None:
        if not self.app_secret or not self.verify_token:
            raise ConfigError("app_secret or verify_token is empty", hint="Copy both from the Meta app")


@dataclass(frozen=True)
class _Parts:
    settings: WebhookSettings
    store: Store
    clock: Clock


def create_app(settings: WebhookSettings, store: Store, clock: Clock = time.time) -> Flask:
    """The program behind the relay's public address; ``store`` must have committed when it returns."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    parts = app.extensions[_EXTENSION] = _Parts(settings, store, clock)
    app.register_blueprint(webhook)
    app.wsgi_app = _ShortWay(app.wsgi_app, parts)  # type: ignore[method-assign]  # Flask's own way to wrap it
    return app


def is_signed(body: bytes, header: str, secret: bytes) -> bool:
    """Whether ``header`` is WhatsApp's signature over exactly these bytes; takes the same time either way."""
    expected = "sha256=" + hmac.new(secret, body, sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.encode("utf-8", "replace"))


@webhook.get("/webhook")
def subscribe() -> Response:
    """WhatsApp's handshake: the right word gets its challenge back, bare."""
    token = request.args.get("hub.verify_token", "").encode("utf-8", "replace")
    known = hmac.compare_digest(token, _parts().settings.verify_token.encode())
    challenge = request.args.get("hub.challenge", "")
    if not known or request.args.get("hub.mode") != "subscribe" or not challenge:
        abort(403)
    return _answer(challenge, 200)


@webhook.post("/webhook")
def receive() -> Response:
    """A POST that tells no length, or too large a one; others take the short way."""
    return _answer("", _take(_parts(), request.get_data(), request.headers.get(SIGNATURE, "")))


@webhook.get("/healthz")
def healthz() -> Response:
    """For the proxy and the watchdog: the process answers."""
    return _answer("ok", 200)


def _take(parts: _Parts, body: bytes, signature: str) -> int:
    """One POST of up to about a thousand updates: 200 once they are stored, 503 so that WhatsApp comes again."""
    if not is_signed(body, signature, parts.settings.app_secret):
        return 403
    try:
        parts.store(events.parse(body), parts.clock())
    except Exception as error:  # noqa: BLE001 - whatever broke, WhatsApp keeps the updates and comes again
        # The type only: a message, or the traceback Flask would write, may quote what was posted.
        log.error("webhook: updates not stored (%s)", type(error).__name__)
        return 503
    return 200


class _ShortWay:
    """WhatsApp's POSTs past Flask, which would take a quarter of the time of each (decision 0010)."""

    def __init__(self, app: WSGIApplication, parts: _Parts) -> None:
        self._app, self._parts, self._patience = app, parts, Patience()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._patience.with_post(environ.get("gunicorn.socket")):
            return self._answer(environ, start_response)

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH", "")
        # Zeros in front are Flask's: a cut number must never be taken for a small one.
        is_plain = length.isdecimal() and len(length) <= _MOST_DIGITS and int(length) <= LARGEST_BODY_BYTES
        if not is_plain or (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("POST", "/webhook"):
            return self._app(environ, start_response)
        body = environ["wsgi.input"].read(int(length))
        status = _take(self._parts, body, environ.get(_SIGNATURE_IN_ENVIRON, ""))
        start_response(_LINES[status], [("Content-Type", "text/plain"), ("Content-Length", "0"), *_HEADERS])
        return ()


def _parts() -> _Parts:
    parts = current_app.extensions[_EXTENSION]
    assert isinstance(parts, _Parts)
    return parts


def _answer(text: str, status: int) -> Response:
    return Response(text, status, mimetype="text/plain", headers=dict(_HEADERS))
