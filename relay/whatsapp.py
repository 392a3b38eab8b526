"""The Graph API: sends messages, fetches files. The only module that speaks HTTP to WhatsApp.

Errors are told apart by WhatsApp's code, never by their words. No error here quotes a recipient, a text or an address.
"""

import logging
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import httpx

from relay import limits
from relay.events import Sender
from relay.limits import Buttons, Choice, OverLimit, Payload, Rows, Template, Text, check
from sync.errors import SatarkError, Unavailable

__all__ = [
    "NO_CODE", "TOO_FAST", "Buttons", "Choice", "Damaged", "GraphError", "MediaGone", "MediaInfo", "OutcomeUnknown",
    "OverLimit", "Payload", "Rows", "SendError", "StrangeHost", "Template", "Text", "TooLarge", "UrlExpired", "Verdict",
    "WhatsApp", "check", "verdict",
]  # fmt: skip

NO_CODE = -1
"""Stands for the code where an answer, or the want of one, had none."""
NO_CONNECTION = 503
"""Stands for the HTTP status where there was no answer: nothing was sent, trying later can help."""
TOO_FAST = 131056
"""Too many messages to one person."""
_WAIT = "Wait for a status before sending again"

_CHUNK_BYTES = 64 * 1024
_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True)
class Verdict:
    """What an error code asks of us: ``alarm`` calls a technician, ``window_closed`` asks for a template instead.

    ``for_everyone``: it is not about this message or person, so the next would fare no better.
    """

    permanent: bool
    alarm: bool
    window_closed: bool = False
    for_everyone: bool = False


_LATER = Verdict(permanent=False, alarm=False)
_ALL_LATER = Verdict(permanent=False, alarm=False, for_everyone=True)
_NEVER = Verdict(permanent=True, alarm=False)
_REPAIR = Verdict(permanent=False, alarm=True)
_REPAIR_FIRST = Verdict(permanent=False, alarm=True, for_everyone=True)
_REPAIR_AND_SEND_ANEW = Verdict(permanent=True, alarm=True)

_VERDICTS: dict[int, Verdict] = {
    # too much of this, or something went wrong with it
    **dict.fromkeys((TOO_FAST, 131000), _LATER),
    # too much of everything, or trouble at WhatsApp
    **dict.fromkeys((130429, 4, 80007, 131048, 2, 131016, 131057, 133004), _ALL_LATER),
    # our token or permissions; the payment method
    **dict.fromkeys((0, 190, 10, *range(200, 300), 131005, 131042), _REPAIR_FIRST),
    # the number or the account; for people of one country
    **dict.fromkeys((368, 131031, 131045, *range(133005, 133017)), _REPAIR_FIRST),
    130497: _REPAIR,
    # templates not there yet or paused; templates that do not take what we send
    **dict.fromkeys((132001, 132015), _REPAIR),
    **dict.fromkeys((132000, 132012, 132016), _REPAIR_AND_SEND_ANEW),
    # this person cannot be reached, or not this way; a file too large
    **dict.fromkeys((131026, 131049, 131050, 130472, 131052), _NEVER),
    # a request of ours that is wrong
    **dict.fromkeys((131051, 131053, 100, 131008, 131009), _NEVER),
    131047: Verdict(permanent=True, alarm=False, window_closed=True),
}


def verdict(code: int, http_status: int = 400) -> Verdict:
    """What to do about an error code, of an answer or of a status ``failed``; an unlisted one calls a technician."""
    if code in _VERDICTS:
        return _VERDICTS[code]
    if http_status == 429 or (http_status == NO_CONNECTION and code == NO_CODE):
        return _ALL_LATER
    if http_status >= 500:
        return _LATER
    # Without a code the answer is not WhatsApp's own: a proxy, a gateway, a wrong graph_url.
    return _REPAIR if code == NO_CODE else _REPAIR_AND_SEND_ANEW


class GraphError(SatarkError):
    """WhatsApp refused a request: its ``code`` and what that asks of us."""

    def __init__(self, code: int, http_status: int) -> None:
        """``code``: WhatsApp's, or NO_CODE."""
        super().__init__(f"WhatsApp refused a request (HTTP status {http_status}, code {code})")
        found = verdict(code, http_status)
        self.code = code
        self.permanent = found.permanent
        self.alarm = found.alarm
        self.window_closed = found.window_closed
        self.for_everyone = found.for_everyone


class SendError(GraphError):
    """A message that was not sent."""


class OutcomeUnknown(SatarkError):
    """A message that may have been sent: a status with its opaque id will tell, or none will come."""

    permanent = False


class MediaGone(SatarkError):
    """WhatsApp no longer has this file, or never had."""


class UrlExpired(SatarkError):
    """The address of a file is too old: ask for a new one."""

    permanent = False


class StrangeHost(Unavailable):
    """A file that lies where we fetch none; if WhatsApp has moved, the settings have to."""


class TooLarge(SatarkError):
    """A file above the limit."""


class Damaged(SatarkError):
    """The bytes that came are not the file that was announced; fetching it again can help."""

    permanent = False


@dataclass(frozen=True)
class MediaInfo:
    """Where a file can be fetched for five minutes, and what will come. ``sha256`` is base64 or hex."""

    url: str
    mime: str
    sha256: str
    size_bytes: int


class WhatsApp:
    """One business number at the Graph API. Threads may share it."""

    def __init__(
        self,
        base_url: str,
        version: str,
        token: str,
        phone_number_id: str,
        *,
        timeout_s: float = 20.0,
        transport: httpx.BaseTransport | None = None,
        media_hosts: Sequence[str] = (),
    ) -> None:
        """``timeout_s`` counts from one byte to the next; ``transport`` replaces the network in tests.

        ``media_hosts``: names of hosts from which files are fetched, beside the one of ``base_url``.
        """
        _quiet_libraries()
        self._graph = httpx.URL(base_url)
        self._media_hosts = frozenset((*media_hosts, self._graph.host))
        self._root = f"{base_url.rstrip('/')}/{version}"
        self.number_id = phone_number_id
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx.Timeout(timeout_s, connect=min(5.0, timeout_s)),
            # The token must not follow a redirect, nor a proxy named by the environment.
            follow_redirects=False,
            trust_env=False,
            transport=transport,
        )

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def send(self, to: Sender, payload: Payload, opaque: str) -> None:
        """Sends ``payload``; ``opaque``, random, comes back in its statuses. Returning means accepted, not delivered.

        Raises OverLimit, SendError, or OutcomeUnknown when nobody can say whether it was sent.
        """
        check(payload)
        limits.check_opaque(opaque)
        address = {"recipient": to.user_id} if to.user_id else {"to": to.phone}
        fixed = {"messaging_product": "whatsapp", "recipient_type": "individual"}
        answer = self._post(fixed | address | limits.as_json(payload) | {"biz_opaque_callback_data": opaque})
        if answer.is_success:
            return
        code = _error(answer)[0]
        if code == NO_CODE and answer.status_code >= 500:
            raise OutcomeUnknown("a gateway before WhatsApp failed", hint=_WAIT)
        raise SendError(code, answer.status_code)

    def is_reachable(self) -> bool:
        """Whether WhatsApp itself answers a harmless question, whatever it says: no gateway's error, no silence."""
        try:
            answer = self._client.get(f"{self._root}/{self.number_id}", params={"fields": "id"})
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return answer.status_code < 500 or _error(answer)[0] != NO_CODE

    def media(self, media_id: str) -> MediaInfo:
        """Where a file is; raises MediaGone, GraphError or Unavailable."""
        if not _MEDIA_ID.fullmatch(media_id):
            raise MediaGone("not an id of a file")
        with _network():
            answer = self._client.get(f"{self._root}/{media_id}")
        if answer.is_success:
            return _media_info(_object(answer))
        code, subcode = _error(answer)
        if (code, subcode) == (100, 33):
            raise MediaGone("WhatsApp no longer has this file")
        raise GraphError(code, answer.status_code)

    def delete_media(self, media_id: str) -> None:
        """Asks WhatsApp to forget a file; raises GraphError or Unavailable."""
        if not _MEDIA_ID.fullmatch(media_id):
            return
        with _network():
            answer = self._client.delete(f"{self._root}/{media_id}")
        if not answer.is_success:
            raise GraphError(_error(answer)[0], answer.status_code)

    def download(self, info: MediaInfo, sink: Callable[[bytes], object], limit_bytes: int) -> None:
        """Feeds the file to ``sink`` piece by piece; whatever is raised, what the sink has got must be discarded.

        Raises UrlExpired, TooLarge, Damaged or Unavailable.
        """
        if info.size_bytes > limit_bytes:
            raise TooLarge(f"a file of {info.size_bytes} bytes, at most {limit_bytes} are taken")
        self._refuse_strange(info.url)
        digest = sha256()
        as_it_is = {"Accept-Encoding": "identity"}
        with _network(), self._client.stream("GET", info.url, headers=as_it_is) as answer:
            _refuse_download(answer.status_code)
            for piece in _limited(answer.iter_raw(_CHUNK_BYTES), limit_bytes):
                digest.update(piece)
                sink(piece)
        if digest.hexdigest() != info.sha256.lower() and b64encode(digest.digest()).decode() != info.sha256:
            raise Damaged("a file does not have the hash that WhatsApp announced", hint="Fetch it again")

    def _post(self, message: dict[str, Any]) -> httpx.Response:
        try:
            return self._client.post(f"{self._root}/{self.number_id}/messages", json=message)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise SendError(NO_CODE, NO_CONNECTION) from error
        except httpx.HTTPError as error:
            raise OutcomeUnknown("WhatsApp did not answer", hint=_WAIT) from error

    def _refuse_strange(self, url: str) -> None:
        """Our token goes with the request: only to hosts that are named, over TLS, whose certificate says who they are.

        Where the Graph API itself is plain (the simulator), its own host may be so too.
        """
        with _network():
            address = httpx.URL(url)
        is_ours = self._graph.scheme == address.scheme and self._graph.host == address.host
        if address.scheme != "https" and not is_ours:
            raise Unavailable("the address of a file is not https", hint="Check graph_url")
        if address.host not in self._media_hosts or address.userinfo:
            raise StrangeHost(
                "the address of a file is on a host that is not named", hint="Check media_hosts"
            )


def _quiet_libraries() -> None:
    # At INFO they log every address they call, media ids included; at DEBUG the token.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def _network() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable("WhatsApp did not answer", hint="Check the connection to graph_url") from error


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        value = answer.json()
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _error(answer: httpx.Response) -> tuple[int, int]:
    error = _object(answer).get("error")
    numbers = (error.get("code"), error.get("error_subcode")) if isinstance(error, dict) else (None, None)
    code, subcode = (n if isinstance(n, int) and not isinstance(n, bool) else NO_CODE for n in numbers)
    return code, subcode


def _media_info(about: dict[str, Any]) -> MediaInfo:
    url, mime, digest = (about.get(name) for name in ("url", "mime_type", "sha256"))
    if not isinstance(url, str) or not isinstance(digest, str) or not digest:
        raise Unavailable("WhatsApp described a file without address or hash", hint="Ask again")
    size = str(about.get("file_size", ""))
    return MediaInfo(url, str(mime or ""), digest, int(size) if re.fullmatch("[0-9]{1,18}", size) else 0)


def _refuse_download(http_status: int) -> None:
    if http_status == 404:
        raise UrlExpired("the address of a file is too old", hint="Ask for a new one")
    if http_status != 200:
        raise Unavailable(
            f"WhatsApp answered {http_status} instead of a file", hint="Check secrets/graph_token"
        )


def _limited(pieces: Iterator[bytes], limit_bytes: int) -> Iterator[bytes]:
    taken = 0
    for piece in pieces:
        taken += len(piece)
        if taken > limit_bytes:
            raise TooLarge(f"a file is larger than announced, at most {limit_bytes} bytes are taken")
        yield piece
