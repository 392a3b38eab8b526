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
from collections.abc import Callable, Sequence
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
    """One simulated phone. Every act returns when the relay has answered its webhook.

    Beside its own fields every act takes reply_to (a message id or "last"), forwarded (True or "often"), group_id.
    """

    def __init__(self, base_url: str, about: dict[str, Any]) -> None:
        self.base_url = base_url
        self.id: str = about["id"]
        self.number: str = about["number"]
        self.bsuid: str = about["bsuid"]
        self.seen = 0  # `n` of the newest message wait_for has returned

    @classmethod
    def create(cls, base_url: str, label: str, **more: str) -> "Phone":
        """A new phone; `more` may hold number, bsuid, identity (see identity.Identity), phone_number_id."""
        return cls(base_url, call(base_url, "/sim/phones", {"label": label} | more))

    def say(self, text: str, **more: Any) -> dict[str, Any]:
        """Write a text."""
        return self.do("text", {"body": text} | more)

    def tap(self, title_or_id: str, message_id: str | None = None, **more: Any) -> dict[str, Any]:
        """Tap a button or row of the newest message that offers it, or of `message_id`; without_context=True."""
        where = {"message_id": message_id} if message_id else {}
        return self.do("tap", {"any": title_or_id} | where | more)

    def tap_place(self, index: int) -> dict[str, Any]:
        """Tap the option at `index` (0 is the first) of the newest message that has so many."""
        return self.do("tap", {"index": index})

    def photo(self, data: bytes, mime: str = "image/jpeg", **more: Any) -> dict[str, Any]:
        """Send a file; `more` may hold caption, filename, kind (of files.FILE_KINDS), fault (of media.FAULTS)."""
        return self.do("file", _file(data, mime, more))

    def voice(self, data: bytes, mime: str = "audio/ogg; codecs=opus", **more: Any) -> dict[str, Any]:
        """Send a voice note; what a browser recorded (audio/webm) is put into Ogg."""
        return self.photo(data, mime, kind="voice", **more)

    def sticker(self, data: bytes, **more: Any) -> dict[str, Any]:
        """Send a sticker."""
        return self.photo(data, "image/webp", kind="sticker", **more)

    def album(
        self, files: Sequence[tuple[bytes, str]], shuffled: bool = False, **more: Any
    ) -> dict[str, Any]:
        """Send several (content, MIME type) at the same moment; one update each, in any order if `shuffled`."""
        listed = [_file(data, mime, {}) for data, mime in files]
        return self.do("album", {"files": listed, "shuffled": shuffled} | more)

    def location(self, latitude: float, longitude: float, **more: Any) -> dict[str, Any]:
        """Send a place; `more` may hold name and address."""
        return self.do("location", {"latitude": latitude, "longitude": longitude} | more)

    def contact(self, name: str, number: str, **more: Any) -> dict[str, Any]:
        """Send a contact card; `more` may hold origin (other, contact_request)."""
        return self.do("contacts", {"name": name, "number": number} | more)

    def react(self, message_id: str, emoji: str = "👍", **more: Any) -> dict[str, Any]:
        """Put a sign on a message; "" takes it back, without_emoji=True as some phones do it."""
        return self.do("react", {"message_id": message_id, "emoji": emoji} | more)

    def edit(self, message_id: str, text: str, **more: Any) -> dict[str, Any]:
        """Change a text of one's own; as_unsupported=True as numbers outside the Business app are told."""
        return self.do("edit", {"message_id": message_id, "body": text} | more)

    def revoke(self, message_id: str, **more: Any) -> dict[str, Any]:
        """Delete a message of one's own for everybody; as_unsupported=True as for edit."""
        return self.do("revoke", {"message_id": message_id} | more)

    def forward(self, message_id: str, often: bool = False) -> dict[str, Any]:
        """Send a text or file of this chat once more, as passed on."""
        return self.do("forward", {"message_id": message_id, "often": often})

    def view_once(self) -> dict[str, Any]:
        """Send a picture that may be seen once: WhatsApp passes on only that there was something."""
        return self.do("unsupported", {"kind": "view_once"})

    def poll(self) -> dict[str, Any]:
        """Send a poll: not passed on either."""
        return self.do("unsupported", {"kind": "poll_creation"})

    def flow(self, response: Any = None, response_json: str | None = None, **more: Any) -> dict[str, Any]:
        """Send in a form: any JSON as `response`, or `response_json` as it is, broken if wanted."""
        filled = {"response": response} if response_json is None else {"response_json": response_json}
        return self.do("flow", filled | more)

    def open_chat(self) -> dict[str, Any]:
        """Open the chat for the first time without writing (request_welcome)."""
        return self.do("welcome", {})

    def order(self) -> dict[str, Any]:
        """Order goods."""
        return self.do("order", {})

    def username(self, on: bool) -> None:
        """Hide the number from updates, or show it again."""
        self.identify("bsuid" if on else "both")

    def identify(self, identity: str) -> None:
        """Be named in another of the ways of identity.Identity from now on."""
        self.do("identity", {"identity": identity})

    def change_number(
        self, number: str = "", bsuid: str = "", previous: bool = True, **more: Any
    ) -> dict[str, Any]:
        """Get another number and id, "" for fresh ones; `previous`: whether the old id is told; old_shape=True."""
        about = self.do("number", {"number": number, "bsuid": bsuid, "previous": previous} | more)
        self.number, self.bsuid = about["number"], about["bsuid"]
        return about

    def airplane(self, on: bool, gap_s: float = 0.0) -> dict[str, Any]:
        """Get out of reach, or back: what was written goes out in order, `gap_s` apart, what waited comes in."""
        return self.do("airplane", {"on": on, "gap_s": gap_s})

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

    def do(self, act: str, value: dict[str, Any]) -> dict[str, Any]:
        """Any act of acts.ACTS, and identity, number, airplane, with what it takes."""
        return call(self.base_url, f"/sim/phones/{self.id}/{act}", value)


class Crowd:
    """Many phones driven by few calls. `phones` are ordinary ones, in the order of their making.

    crowd = Crowd.gather(base_url, 5000)
    crowd.act([{"phone": phone.id, "text": "Hi"} for phone in crowd.phones], batch=20, lanes=8)
    for message in crowd.heard(): ...
    """

    def __init__(self, base_url: str, phones: Sequence[Phone]) -> None:
        self.base_url = base_url
        self.phones = list(phones)
        self.next = 0  # place in the feed behind the newest message heard() has returned

    @classmethod
    def gather(cls, base_url: str, n: int, **more: str) -> "Crowd":
        """`n` new phones; `more` may hold label, identity, phone_number_id."""
        made = call(base_url, "/sim/crowd", {"n": n} | more)["phones"]
        return cls(base_url, [Phone(base_url, about) for about in made])

    def act(self, acts: Sequence[dict[str, Any]], **packing: Any) -> dict[str, Any]:
        """Perform acts, each {phone: id, <act>: value}; `packing`: batch, lanes, repeat, shuffle, seed, layout.

        Returns when the relay has answered, or webhook.settled is False: then heard() tells when it has.
        """
        return call(self.base_url, "/sim/acts", {"acts": list(acts)} | packing)

    def heard(self) -> list[Message]:
        """What reached any phone of the simulator since the last call; `phone` in each is the id of the phone."""
        answer = call(self.base_url, f"/sim/feed?since={self.next}")
        self.next = answer["next"]
        found: list[Message] = answer["messages"]
        return found

    def wait_until_heard(self, count: int, timeout_s: float = 60.0) -> list[Message]:
        """At least `count` messages, in the order in which they came; raises TimeoutError."""
        deadline, found = time.monotonic() + timeout_s, self.heard()
        while len(found) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"only {len(found)} of {count} messages within {timeout_s:g} s")
            time.sleep(_POLL_S)
            found += self.heard()
        return found


def _file(data: bytes, mime: str, more: dict[str, Any]) -> dict[str, Any]:
    named = {{"kind": "as"}.get(key, key): value for key, value in more.items()}
    return {"base64": base64.b64encode(data).decode("ascii"), "mime": mime} | named
