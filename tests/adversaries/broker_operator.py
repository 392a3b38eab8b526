"""The broker's operator: every frame with its topic and size, and the broker's own folder."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sync import frames
from sync.errors import Unreadable
from sync.frames import FRAME_MAX_BYTES, STEP_BYTES, Chunk
from sync.sealing import envelopes
from tests.adversaries import taken_ids
from tests.adversaries.day import Day
from tests.adversaries.ground import City, Ground
from tests.adversaries.people import of_texts, somebody, word
from tests.adversaries.sieve import Sieve
from tests.adversaries.verdict import Verdict
from tests.anonymity.encodings import Forms
from tests.anonymity.tap import Published
from tests.journeys.town import PATIENCE_S, SEND, words
from tests.waiting import wait_until

LEAST_BYTES = 1000
ENCAPSULATED_BYTES = 1120
"""How each ciphertext begins: with what a fresh key of X-Wing makes, where some values are a little rarer."""
DEVIATIONS = 8
"""Chi-square over 255 degrees of freedom: this many standard deviations above what chance gives are no chance."""


@dataclass(frozen=True)
class Seen:
    """What he has."""

    nodes: frozenset[str]
    passed: Sequence[Published]
    files: Sieve

    @property
    def sizes(self) -> Counter[int]:
        """How many frames of each size."""
        return Counter(len(one.payload) for one in self.passed)


def play(ground: Ground) -> Sequence[Verdict]:
    """The shared day; then builds that tell by size, by topic, in clear."""
    city, day = ground.shared_day()
    seen = _seen(city, _secrets(city, day), ground)
    learned = findings(seen)
    by_size, in_clear = _weakened(ground, "topics-and-sizes-tell"), _weakened(ground, "plaintext-on-the-line")
    sizes = ", ".join(f"{size >> 10} KiB x {count}" for size, count in sorted(seen.sizes.items()))
    purposes = Counter(purpose for one in seen.passed if (purpose := _purpose(one)))
    return [
        Verdict(
            "broker operator",
            "the broker: every frame, topic and size; its store and log",
            f"sizes ({sizes}), topics, {len(seen.files.forms)} forms of people, words, places and categories in "
            f"{seen.files.searched_bytes >> 10} KiB, ciphertexts against chance (chi-square, zlib). He can count "
            f"messages by kind: {', '.join(f'{n} {p}' for p, n in purposes.most_common())}",
            tuple(learned),
            f"unpadded, category in the topic: {', '.join(sorted(by_size))}; plaintext along: "
            f"{', '.join(sorted(in_clear))}",
            {"size", "topic"} <= by_size and {"plaintext", "pattern"} <= in_clear,
        ),
        *taken_ids.play(ground),
    ]


def findings(seen: Seen) -> list[str]:
    """All that he can tell beyond the kinds and numbers of messages, each with its kind before a colon."""
    wrong_sizes = [size for size in seen.sizes if size % STEP_BYTES or not 0 < size <= FRAME_MAX_BYTES]
    found = [f"size: a frame of {size} bytes" for size in wrong_sizes]
    found += [
        f"topic: {topic}" for topic in {one.topic for one in seen.passed} if not _plain(topic, seen.nodes)
    ]
    found += [f"plaintext: {where}" for where in seen.files.summary()]
    return found + [f"pattern: {where}" for where in _patterns(seen.passed)]


def _plain(topic: str, nodes: frozenset[str]) -> bool:
    match = re.fullmatch(r"satark/1/(n[0-9a-f]{8})/(n[0-9a-f]{8})", topic)
    return match is not None and set(match.groups()) <= nodes


def _patterns(passed: Sequence[Published]) -> list[str]:
    """Ciphertexts, one by one and all in one, that chance would not make or that can be made smaller."""
    sealed = list(_sealed(passed))
    return [
        f"{name} of {len(data)} bytes"
        for name, data in [*sealed, ("all ciphertexts", b"".join(data for _, data in sealed))]
        if not looks_like_chance(data)
    ]


def looks_like_chance(data: bytes) -> bool:
    """Whether every byte value comes about as often as every other, and nothing can be packed."""
    if len(data) < LEAST_BYTES:
        return True
    counts, wanted = Counter(data), len(data) / 256
    chi_square = sum((counts[value] - wanted) ** 2 / wanted for value in range(256))
    return chi_square < 255 + DEVIATIONS * (2 * 255) ** 0.5 and len(zlib.compress(data)) >= len(data)


def _sealed(passed: Sequence[Published]) -> Iterator[tuple[str, bytes]]:
    for one in passed:
        try:
            content = frames.read(one.payload)
        except Unreadable:  # of a size that is none of ours: told already
            continue
        if isinstance(content, Chunk):
            yield "chunk", content.data
        else:
            parts = envelopes.read(content).parts
            yield from ((part.name, part.ciphertext[ENCAPSULATED_BYTES:]) for part in parts)


def _purpose(one: Published) -> str:
    content = frames.read(one.payload)
    return "pieces of files" if isinstance(content, Chunk) else envelopes.read(content).header.purpose


def _seen(city: City, secrets: Forms, ground: Ground) -> Seen:
    files = Sieve(secrets, ground.folder)
    passed = city.tap.published()
    for one in passed:
        files.look(f"a frame on {one.topic}", one.topic.encode() + b"\n" + one.payload)
    files.look_into_files([city.state / "broker"], city.state)
    return Seen(frozenset(city.world.fleet.ids.values()), passed, files)


def _secrets(city: City, day: Day) -> Forms:
    """Who, what they told, where, and the categories of their reports."""
    reports = city.town.kept()
    told = {report.thana for report in reports} | {report.category for report in reports} | {"शाहगंज"}
    return {**day.who, **day.told, **of_texts("place or category", [*told, "police_corruption"])}


def _weakened(ground: Ground, name: str) -> set[str]:
    """Kinds of findings when one report is told through a weakened relay."""
    person, place, what = somebody(ground.rng), word(ground.rng), word(ground.rng)
    with ground.city(name) as city:
        phone = person.phone(city.world.simulator_url)
        city.town.write(phone, (*words(place, what=what), SEND))
        city.town.receipt(phone)
        wait_until(lambda: _reported(city), PATIENCE_S, "a report on the line")
        found = findings(_seen(city, of_texts("words", [place, what]), ground))
    return {one.partition(":")[0] for one in found}


def _reported(city: City) -> bool:
    return any(b'"purpose":"report"' in one.payload for one in city.tap.published())
