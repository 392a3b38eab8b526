"""The reader of every log, after a day on which much went wrong."""

from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from tests.adversaries.day import tell
from tests.adversaries.ground import City, Ground
from tests.adversaries.people import labelled, of_texts, somebody, word
from tests.adversaries.sieve import Sieve
from tests.adversaries.verdict import Verdict
from tests.anonymity.encodings import Forms, forms_of_text

PEM_CHARS = 64


def play(ground: Ground) -> Sequence[Verdict]:
    """The shared day's logs; then those of a relay that quotes what it takes."""
    city, day = ground.shared_day()
    keys = _keys(city)
    sieve = Sieve({**day.who, **day.told, **keys}, ground.folder)
    logs = _logs(city)
    for path in logs:
        sieve.look(path.name, path.read_bytes())
    lines = sum(path.read_bytes().count(b"\n") for path in logs)
    weak = _weakened(ground)
    return [
        Verdict(
            "log reader",
            f"the logs of all {len(logs)} processes, the broker's too ({lines} lines)",
            f"4 people's numbers, ids, names, receipts, words and all keys of every node in {len(sieve.forms)} forms, "
            "after refused updates, files and messages, a wrong signature, a broken line, kills",
            sieve.summary(),
            f"relay that logs what it takes: {', '.join(weak) or 'nothing'} found",
            lines > 0 and {"number", "id", "words"} <= set(weak),
        )
    ]


def _logs(city: City) -> list[Path]:
    """Every log but that of the simulated WhatsApp."""
    ours = [path for path in (city.state / "logs").glob("*.log") if path.stem != "simulator"]
    return sorted([*ours, *(city.state / "broker").glob("*.log")])


def _keys(city: City) -> Forms:
    """Every key file, secret of the configuration and report key, as bytes and as text."""
    folders = [root / name for root in city.world.fleet.roots.values() for name in ("keys", "tls")]
    folders += [city.state / "relay-epochs", city.world.runtime_dir]
    paths = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and "key" in path.name
    ]
    values = [path.read_bytes() for path in paths]
    fleet = city.world.fleet
    values += [value.encode() for value in (*fleet.secrets.values(), *fleet.passwords.values())]
    for seat in ("jaunpur", "range"):
        rows = city.town.rows(seat, "keys.db", "select report_key from report_key")
        values += [key for (key,) in rows if isinstance(key, bytes)]
    return labelled({"key": {form: name for value in values for form, name in _forms_of_key(value).items()}})


def _forms_of_key(value: bytes) -> Forms:
    """A key as it is, as hex and base64, as Python shows bytes; of a PEM file each long line."""
    if value.startswith(b"-----"):
        return {
            line: "a line of PEM"
            for line in value.splitlines()
            if len(line) == PEM_CHARS and b" " not in line
        }
    text = {**forms_of_text(value.hex()), value: "raw"}
    return text | {b64encode(value)[: len(value)]: "base64", repr(value)[2:-1].encode(): "as Python shows it"}


def _weakened(ground: Ground) -> list[str]:
    """What the same search finds in the logs of a relay that quotes each update."""
    person, other, place, what = *(somebody(ground.rng) for _ in range(2)), word(ground.rng), word(ground.rng)
    sieve = Sieve({**person.forms, **other.forms, **of_texts("words", [place, what])}, ground.folder)
    with ground.city("log-quotes-events") as city:
        tell(city.town, person.phone(city.world.simulator_url), place, what)
        tell(city.town, other.phone(city.world.simulator_url, "number"), place, what)
        for path in _logs(city):
            sieve.look(path.name, path.read_bytes())
    return sorted({form.partition(":")[0] for _, form in sieve.found})
