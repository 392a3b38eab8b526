"""Hostile sender: whatever a phone, or WhatsApp's signature, can bring to the relay; others report meanwhile."""

import hmac
import http.client
import io
import json
import random
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256

from provisioning.demo.fleet import HOST, PHONE_NUMBER_ID
from relay import receipts
from relay.simulator.client import Phone, Refused
from relay.webhook import LARGEST_BODY_BYTES
from tests.adversaries.ground import City, Ground
from tests.adversaries.verdict import Verdict
from tests.journeys.town import LINE, PATIENCE_S, SEND, words
from tests.waiting import wait_until

BOUND_S = 25.0
"""From somebody else's first word to his receipt, on a machine that others use too."""
ALLOWED, MORE = 5, 2
GUESSES, NOISE, FLOOD, SENDERS = 8, 150, 200, 20
WEAKENING = "sender-is-believed"
LATER = ("Please try again in an hour", "एक घंटे")


def play(ground: Ground) -> Sequence[Verdict]:
    """Every attack beside an honest report each; then the two that need a check, on a build without these checks."""
    learned: list[str] = []
    with ground.city() as city:
        attacks = dict(_attacks(city, ground.rng))
        slowest = 0.0
        for name, attack in attacks.items():
            took_s, wrong = _beside_somebody_honest(city, attack)
            slowest = max(slowest, took_s)
            learned += [f"{name}: {one}" for one in wrong]
    with ground.city(weakening=WEAKENING) as city:
        weak = [*_forge(city), *_guess(city, ground.rng)]
    return [
        Verdict(
            "hostile sender",
            "the app secret's signature, phones, any bytes",
            f"{NOISE} malformed and huge updates, forged ones, {FLOOD} messages of {SENDERS} numbers at once, bombs "
            f"(zip, PDF, PNG), {ALLOWED + MORE} reports a day, {GUESSES} receipts, then a right one; beside each an "
            f"honest report: {slowest:.1f} s at most (bound {BOUND_S:.0f} s)",
            tuple(learned),
            f"{WEAKENING}: {'; '.join(weak) or 'nothing'}",
            len(weak) >= 2,
        )
    ]


Attack = Callable[[], list[str]]


def _attacks(city: City, rng: random.Random) -> Iterator[tuple[str, Attack]]:
    yield "noise", lambda: _noise(city, rng)
    yield "forged", lambda: _forge(city)
    yield "flood", lambda: _flood(city, rng)
    yield "files", lambda: _files(city)
    yield "reports", lambda: _reports(city)
    yield "receipts", lambda: _guess(city, rng)


def _beside_somebody_honest(city: City, attack: Attack) -> tuple[float, list[str]]:
    """(seconds that somebody else's report took, what went wrong) while the attack's work is still being done."""
    before = {name: city.world.processes[name].pid for name in LINE}
    wrong = attack()
    began = time.monotonic()
    try:
        city.town.tell(city.town.place())
    except AssertionError as error:
        wrong.append(f"somebody else: {error}"[:100])
    took_s = time.monotonic() - began
    wrong += [f"somebody else waited {took_s:.0f} s"] if took_s > BOUND_S else []
    wrong += [f"{n} died" for n in LINE if city.world.processes[n].poll() is not None]
    wrong += [f"{n} began anew" for n in LINE if city.world.processes[n].pid != before[n]]
    return took_s, wrong


# Over the webhook


def _post(city: City, body: bytes, secret: str = "") -> int:
    """The status of one POST, signed as Meta would; 0 where the connection broke."""
    key = secret or city.world.fleet.secrets["app_secret"]
    signature = "sha256=" + hmac.new(key.encode(), body, sha256).hexdigest()
    connection = http.client.HTTPConnection(HOST, city.world.fleet.ports["relay"], timeout=30)
    try:
        connection.request("POST", "/webhook", body, {"X-Hub-Signature-256": signature})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _update(*messages: object) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": PHONE_NUMBER_ID},
        "messages": list(messages),
    }
    return json.dumps({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}).encode()


def _text(number: int, name: str, text: str) -> dict[str, object]:
    who = f"9170000{number:05d}"
    head = {"from": who, "from_user_id": f"IN.{who}", "id": f"wamid.{name}", "timestamp": "1795240800"}
    return head | {"type": "text", "text": {"body": text}}


def _noise(city: City, rng: random.Random) -> list[str]:
    """Signed bytes that are no update, or odd ones: answered 200, or refused; never 5xx, never a broken connection."""
    bodies = [b"", b"null", b"[" * 100_000, b'{"a":' * 50_000, b"\xff" * 1000, _update(), b'{"entry": 7}']
    bodies += [_update(_mangled(rng, n)) for n in range(NOISE - 10)]
    bodies += [_update(_text(1, f"huge{n}", "x" * size)) for n, size in enumerate((10**5, 10**6, 5 * 10**6))]
    statuses = [_post(city, body) for body in bodies if len(body) <= LARGEST_BODY_BYTES]
    too_large = _post(city, _update(_text(1, "larger", "x" * 2 * LARGEST_BODY_BYTES)))
    broken = [f"status {status}" for status in sorted(set(statuses)) if status >= 500 or status == 0]
    return broken + ([f"{2 * LARGEST_BODY_BYTES} bytes were taken"] if too_large == 200 else [])


def _mangled(rng: random.Random, n: int) -> dict[str, object]:
    odd: tuple[object, ...] = (
        None,
        -1,
        1e308,
        True,
        [],
        {},
        [[[]]],
        "\x00" * 9,
        "\ud800",
        "9" * 5000,
        {"body": {}},
    )
    message = _text(2, f"noise{n}", "Hi")
    for field in rng.sample(sorted(message), 3):
        message[field] = rng.choice(odd)
    kind = rng.choice(
        ("text", "image", "interactive", "document", "reaction", "contacts", "location", "order")
    )
    return message | {"type": kind, kind: rng.choice(odd)}


def _forge(city: City) -> list[str]:
    """Updates under another secret."""
    status = _post(city, _update(_text(3, "forged", "Hi")), "somebody else's secret")
    return [] if status in (401, 403) else [f"an update that Meta did not sign was taken ({status})"]


def _flood(city: City, rng: random.Random) -> list[str]:
    """Many words of many numbers in few posts."""
    texts = ("Hi", "1", "2", "stop", "delete", "status 1234567812345670", "add", "x" * 4000)
    messages = [_text(100 + n % SENDERS, f"flood{n}", rng.choice(texts)) for n in range(FLOOD)]
    posts = [_update(*messages[start : start + 100]) for start in range(0, FLOOD, 100)]
    statuses = {_post(city, post) for post in posts}
    return [] if statuses == {200} else [f"statuses {sorted(statuses)}"]


# From a phone


def _files(city: City) -> list[str]:
    """Bombs at the question for photos: each refused or kept, and the conversation goes on to its receipt."""
    phone, texts = city.town.phone(), words(city.town.place())
    middle = texts.index("आगे")
    city.town.write(phone, texts[:middle])
    for data, mime in _bombs():
        try:
            phone.photo(data, mime)
        except Refused:  # WhatsApp itself takes no such file
            continue
    city.town.write(phone, (*texts[middle:], SEND))
    try:
        city.town.receipt(phone)
    except AssertionError:
        return ["no receipt for the sender himself"]
    return []


def _bombs() -> Iterator[tuple[bytes, str]]:
    zeros = zlib.compress(bytes(50_000_000), 9)
    yield _zip(), "application/pdf"
    stream = b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(zeros), zeros)
    yield b"%PDF-1.4\n1 0 obj\n" + stream + b"\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF", "application/pdf"
    yield b"%PDF-1.4\n" + b"[" * 200_000, "application/pdf"
    yield _png(60_000, 60_000, zeros), "image/png"
    yield b"MZ" + bytes(5000), "image/jpeg"
    yield b"\xff\xd8" + b"\xff\xe1\xff\xff" * 50_000, "image/jpeg"


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(20_000_000))
    return packed.getvalue()


def _png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _reports(city: City) -> list[str]:
    """More reports than a day's share: each is kept under a receipt of its own, the last ones are held longer."""
    phone, before = city.town.phone(), _count(city, "receipt")
    for number in range(1, ALLOWED + MORE + 1):
        city.town.write(phone, (*words(city.town.place()), SEND))
        wait_until(partial(_has, city, "receipt", before + number), PATIENCE_S, f"report {number}")
    try:
        wait_until(lambda: _count(city, "held") == MORE, PATIENCE_S, f"{MORE} reports that are held longer")
    except AssertionError as error:
        return [str(error)]
    return []


def _count(city: City, table: str) -> int:
    return len(city.town.relay(f"select 1 from {table}"))


def _has(city: City, table: str, number: int) -> bool:
    return _count(city, table) >= number


def _guess(city: City, rng: random.Random) -> list[str]:
    """Receipts by chance, then a right one: it tells no more than the wrong ones did, and nothing can be added."""
    right = city.town.tell(city.town.place())
    phone = city.town.phone()
    for code in (receipts.new_code(rng) for _ in range(GUESSES)):
        _ask(phone, f"status {code}")
    told = [_ask(phone, f"{word} {re.sub(' ', '', right)}") for word in ("status", "add")]
    return [
        f"a right receipt after {GUESSES} wrong ones was looked up" for said in told if not _is_later(said)
    ]


def _ask(phone: Phone, text: str) -> str:
    before = max((message["n"] for message in phone.messages()), default=0)
    phone.say(text)
    return str(phone.wait_for(lambda message: message["n"] > before, PATIENCE_S)["text"])


def _is_later(said: str) -> bool:
    return any(mark in said for mark in LATER)
