"""Whoever reads the memory of the relay's web process, the one that strangers can reach."""

from collections.abc import Sequence
from pathlib import Path

from tests.adversaries import memory
from tests.adversaries.ground import City, Ground
from tests.adversaries.people import of_texts
from tests.adversaries.sieve import Sieve
from tests.adversaries.verdict import Verdict
from tests.anonymity.encodings import Forms, forms_of_text

OTHERS = ("relay-intake", "relay-link")
"""The processes that need what the web process must not have."""
KEY_BYTES = range(16, 129)


def play(ground: Ground) -> Sequence[Verdict]:
    """Secrets of the other processes are looked for in the web process, and in those that need them."""
    city, _ = ground.shared_day()
    secrets = _secrets(city)
    web, others = _search(city, ground, secrets, ["relay-web"]), _search(city, ground, secrets, OTHERS)
    there = sorted({form.partition(":")[0] for _, form in others.found})
    return [
        Verdict(
            "intruder in relay web",
            "the memory of the web process and its workers",
            f"{web.searched_bytes >> 20} MB for what other processes need: Graph token (to write to informants), "
            f"signing key, epoch keys, in {len(secrets)} forms",
            web.summary(),
            f"the same search in the processes that need them: {', '.join(there) or 'nothing'} found",
            {"Graph token", "signing key"} <= set(there),
        )
    ]


def _secrets(city: City) -> Forms:
    epochs = [path.read_bytes() for path in (city.state / "relay-epochs").rglob("*") if path.is_file()]
    keys = {"signing key": [(city.root("relay") / "keys" / "signing.key").read_bytes()], "epoch key": epochs}
    raw = {
        form: f"{label}: {name}"
        for label, values in keys.items()
        for value in values
        if len(value) in KEY_BYTES
        for form, name in ((value, "raw"), *forms_of_text(value.hex()).items())
    }
    return {**raw, **of_texts("Graph token", [city.world.fleet.secrets["graph_token"]])}


def _search(city: City, ground: Ground, secrets: Forms, names: Sequence[str]) -> Sieve:
    sieve = Sieve(secrets, ground.folder)
    for mapping, data in memory.read(memory.pids(city.world, names)):
        sieve.look(Path(mapping).name, data)
    return sieve
