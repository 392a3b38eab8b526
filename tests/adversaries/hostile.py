"""Hostile sender: whatever a phone, or WhatsApp's signature, can bring to the relay; others report meanwhile."""

import hmac
import http.client
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256

from provisioning.demo.fleet import HOST, PHONE_NUMBER_ID
from relay import receipts
from relay.limits import TEXT_BODY
from relay.simulator.client import Phone, Refused
from relay.webhook import LARGEST_BODY_BYTES
from tests.adversaries.bombs import bombs, watched
from tests.adversaries.ground import City, Ground
from tests.adversaries.verdict import Verdict
from tests.journeys.town import LINE, PATIENCE_S, SEND, words
from tests.relay import long_texts
from tests.waiting import wait_until

BOUND_S = 25.0
"""From somebody else's first word to his receipt, on a machine that others use too."""
ALLOWED, MORE = 5, 2
GUESSES, NOISE, FLOOD, SENDERS = 8, 150, 800, 20
SLOT_S = 20.0
"""Reports beyond a day's share wait twice and four times as long: time to see them."""
FLOOD_S = 180.0
"""Longer than the relay works at a whole flood."""
BOMB_MIB = 520
"""The cleaning child may take 512 MB."""
WEAKENING = "sender-is-believed"
LATER = ("Please try again in an hour", "एक घंटे")


def play(ground: Ground) -> Sequence[Verdict]:
    """Every attack beside an honest report each; then all of them on a build without the checks they meet."""
    learned: list[str] = []
    with ground.city(jitter_max_s=SLOT_S) as city:
        attacks, measured = dict(_attacks(city, ground.rng)), dict[str, float]()
        for name, attack in attacks.items():
            measured[name], wrong = _beside_somebody_honest(city, attack)
            learned += [f"{name}: {one}" for one in wrong]
            _drained(city)
        waited_s = _waits_s(city, ground.rng)
    slowest = max(measured.values())
    weak, weak_waited_s = _on_the_weak_build(ground)
    return [
        Verdict(
            "hostile sender",
            "the app secret's signature, phones, any bytes",
            f"{NOISE} malformed and huge updates, forged ones, {FLOOD} messages of {SENDERS} numbers at once (somebody "
            f"else's word is answered after {waited_s:.1f} s), bombs (zip, PDF, PNG), {ALLOWED + MORE} reports a day, "
            f"{GUESSES} receipts, then a right one; beside each an honest report: {slowest:.1f} s at most (bound "
            f"{BOUND_S:.0f} s)",
            tuple(learned),
            f"{WEAKENING}: {'; '.join(f'{name}: {won}' for name, won in weak.items())} (in the flood somebody else's "
            f"word is answered after {weak_waited_s:.1f} s)",
            set(weak) == set(attacks),
        )
    ]


def _on_the_weak_build(ground: Ground) -> tuple[dict[str, str], float]:
    """What each attack does there, by name, where it succeeds; how long somebody else waits during a flood."""
    won = dict[str, str]()
    with ground.city(weakening=WEAKENING, jitter_max_s=SLOT_S) as city:
        waited_s = _waits_s(city, ground.rng)
        for name, attack in _attacks(city, ground.rng):
            if found := attack():
                won[name] = found[0]
            _drained(city)
    return won, waited_s


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
    slow = ("Hi", "2", *(text(TEXT_BODY) for text in long_texts.TEXTS.values()))
    bodies += [_update(_text(4, f"slow{n}", text)) for n, text in enumerate(slow)]
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
    """Many words of many numbers in few posts, then a word of somebody else: it must not wait for them all."""
    statuses, phone = _pour(city, rng), city.town.phone()
    _ask(phone, "Hi")
    left = len(city.town.relay("select 1 from event where state='new'"))
    wrong = [] if statuses == {200} else [f"statuses {sorted(statuses)}"]
    if left < FLOOD // 5:
        wrong.append(f"somebody else was answered when {FLOOD - left} of {FLOOD} had been")
    return wrong


def _pour(city: City, rng: random.Random) -> set[int]:
    """The statuses of its posts."""
    texts, name = (
        ("Hi", "1", "2", "stop", "delete", "status 1234567812345670", "add", "x" * 4000),
        rng.random(),
    )
    messages = [_text(100 + n % SENDERS, f"flood{n}/{name}", rng.choice(texts)) for n in range(FLOOD)]
    return {_post(city, _update(*messages[start : start + 100])) for start in range(0, FLOOD, 100)}


def _waits_s(city: City, rng: random.Random) -> float:
    """How long the first word of somebody new is not answered during a flood."""
    _pour(city, rng)
    phone, began = city.town.phone(), time.monotonic()
    _ask(phone, "Hi", FLOOD_S)
    took_s = time.monotonic() - began
    _drained(city)
    return took_s


def _drained(city: City) -> None:
    wait_until(
        lambda: not city.town.relay("select 1 from event where state='new' limit 1"), FLOOD_S, "the end"
    )


# From a phone


def _files(city: City) -> list[str]:
    """Bombs at the question for photos: each refused or kept, and the conversation goes on to its receipt."""
    phone, texts = city.town.phone(), words(city.town.place())
    middle = texts.index("आगे")
    city.town.write(phone, texts[:middle])
    with watched(city.world.processes["relay-intake"].pid) as most_mib:
        for data, mime in bombs():
            try:
                phone.photo(data, mime)
            except Refused:  # WhatsApp itself takes no such file
                continue
        city.town.write(phone, (*texts[middle:], SEND))
        try:
            city.town.receipt(phone)
        except AssertionError:
            return ["no receipt for the sender himself"]
    return [f"a file took {most_mib[0]} MB of memory"] if most_mib[0] > BOMB_MIB else []


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


def _ask(phone: Phone, text: str, patience_s: float = PATIENCE_S) -> str:
    before = max((message["n"] for message in phone.messages()), default=0)
    phone.say(text)
    return str(phone.wait_for(lambda message: message["n"] > before, patience_s)["text"])


def _is_later(said: str) -> bool:
    return any(mark in said for mark in LATER)
