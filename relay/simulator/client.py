"""A phone for scripts: drives a running simulator from outside with the standard library only.

phone = Phone.create(base_url, "Asha")
phone.say("Hi")
phone.wait_for(lambda message: "Hindi" in titles(message))
phone.tap("हिन्दी")
"""

import base64
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

Message = dict[str, Any]

_POLL_S = 0.05
_REQUEST_TIMEOUT_S = 60.0


class Refused(Exception):
    """The simulator did not do it: the text says why."""


def call(base_url: str, path: str, body: Any = None) -> dict[str, Any]:
    """GET `path` of the simulator, or POST `body` as JSON, and return the JSON answer. Raises Refused."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base_url + path, data, {"Content-Type": "application/json"})  # noqa: S310  # loopback
    try:
        with urllib.request.urlopen(request, timeout=_REQUEST_TIMEOUT_S) as answer:  # noqa: S310  # loopback
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        with error:
            raise Refused(
                f"{path}: HTTP {error.code}: {error.read(2000).decode(errors='replace')}"
            ) from error


def titles(message: Message) -> list[str]:
    """Titles of the buttons or rows a message offers."""
    return [option["title"] for option in message["options"]]


class Phone:
    """One simulated phone. Every act returns when the relay has answered its webhook."""

    def __init__(self, base_url: str, about: dict[str, Any]) -> None:
        self.base_url = base_url
        self.id: str = about["id"]
        self.number: str = about["number"]
        self.bsuid: str = about["bsuid"]
        self.seen = 0  # `n` of the newest message wait_for has returned

    @classmethod
    def create(cls, base_url: str, label: str, **more: str) -> "Phone":
        """A new phone; `more` may hold number, bsuid, identity (both, bsuid, number), phone_number_id."""
        return cls(base_url, call(base_url, "/sim/phones", {"label": label} | more))

    def say(self, text: str) -> dict[str, Any]:
        """Write a text."""
        return self._do("text", {"body": text})

    def tap(self, title_or_id: str, message_id: str | None = None) -> dict[str, Any]:
        """Tap a button or row of the newest message that offers it, or of `message_id`."""
        return self._do("tap", {"any": title_or_id} | ({"message_id": message_id} if message_id else {}))

    def tap_place(self, index: int) -> dict[str, Any]:
        """Tap the option at `index` (0 is the first) of the newest message that has so many."""
        return self._do("tap", {"index": index})

    def photo(self, data: bytes, mime: str = "image/jpeg", **more: str) -> dict[str, Any]:
        """Send a file; `more` may hold caption, filename, and kind (image, video, audio, voice, document)."""
        named = {{"kind": "as"}.get(key, key): value for key, value in more.items()}
        return self._do("file", {"base64": base64.b64encode(data).decode("ascii"), "mime": mime} | named)

    def location(self, latitude: float, longitude: float, **more: str) -> dict[str, Any]:
        """Send a place; `more` may hold name and address."""
        return self._do("location", {"latitude": latitude, "longitude": longitude} | more)

    def contact(self, name: str, number: str) -> dict[str, Any]:
        """Send a contact card."""
        return self._do("contacts", {"name": name, "number": number})

    def messages(self, after: int = 0) -> list[Message]:
        """What the phone received, oldest first, newer than `after`."""
        found: list[Message] = call(self.base_url, f"/sim/phones/{self.id}/messages?after={after}")[
            "messages"
        ]
        return found

    def wait_for(self, predicate: Callable[[Message], bool], timeout_s: float = 10.0) -> Message:
        """The first message for which `predicate` holds, among those newer than the last one so returned.

        Raises TimeoutError with what came instead.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            fresh = self.messages(self.seen)
            for message in fresh:
                if predicate(message):
                    self.seen = message["n"]
                    return message
            if time.monotonic() > deadline:
                raise TimeoutError(
                    f"not within {timeout_s:g} s; the phone got {[each['text'] for each in fresh]}"
                )
            time.sleep(_POLL_S)

    def _do(self, act: str, value: dict[str, Any]) -> dict[str, Any]:
        return call(self.base_url, f"/sim/phones/{self.id}/{act}", value)
