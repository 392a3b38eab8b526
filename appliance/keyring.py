"""The sealing keys of this node: a new pair every month; an old half goes once nothing sealed to it can still come.

``keys/body.key`` and ``keys/contact.key`` are the pair of the enrolment, which the directory names. Later ones lie in
``keys/sealing/``, a folder of the link process alone, each named after the second in which it was made; there
``<second>.first`` says from when on the pair of the enrolment counts.
"""

import os
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sync import exchange
from sync.errors import ConfigError
from sync.folders import empty_file, erase_file, sync_folder
from sync.sealing.keys import SealingKey

BODY, CONTACT = "body", "contact"
FOLDER, FIRST, UNFINISHED = "sealing", ".first", ".new"


@dataclass(frozen=True)
class Half:
    """One private key of a pair. ``part`` is what is sealed to it, ``made_at`` names the pair (epoch seconds)."""

    part: str
    made_at: int
    path: Path
    key: SealingKey

    @property
    def id(self) -> str:
        """Its name on the wire."""
        return self.key.public.id


@dataclass(frozen=True)
class Pair:
    """A body key and a contact key that are announced together."""

    made_at: int
    body: SealingKey
    contact: SealingKey


class KeyRing:
    """Every private sealing key that lives, and the pair that others are told to seal to."""

    def __init__(
        self, keys: Path, now: float, generate: Callable[[], SealingKey] = SealingKey.generate
    ) -> None:
        """Opens the folder ``keys`` of a node; raises ConfigError when no whole pair is there."""
        self._folder, self._generate = keys / FOLDER, generate
        _make_folder(self._folder)
        for left in self._folder.glob(
            f"*{UNFINISHED}"
        ):  # a crash came before it had a name; nobody heard of it
            _erase(left)
        if not list(self._folder.glob(f"*{FIRST}")):
            _write(self._folder / f"{int(now):012d}{FIRST}", b"")
        self._halves = _read(keys)
        self._settle()

    @property
    def newest(self) -> Pair:
        """What others are told to seal to, now."""
        return self._newest

    @property
    def live(self) -> Mapping[str, SealingKey]:
        """Every private key that is not erased, by its id."""
        return self._live

    def find(self, key_id: str) -> SealingKey | None:
        """The private key of that id, or None once it is erased."""
        return self._live.get(key_id)

    def renew(self, now: float, change_s: float) -> bool:
        """Makes a new pair when the newest is ``change_s`` old; True when everybody must hear of it.

        The contact half is written first: a crash between leaves half a pair, which nobody hears of.
        """
        last = max(half.made_at for half in self._halves)
        if now - self._newest.made_at < change_s:
            return False
        made_at = max(int(now), last + 1)
        for part in (CONTACT, BODY):
            path = self._folder / f"{made_at:012d}.{part}.key"
            key = self._generate()
            _write(path, key.raw)
            self._halves = (*self._halves, Half(part, made_at, path, key))
        self._settle()
        return True

    def erase_due(
        self,
        conn: sqlite3.Connection,
        relays: Collection[str],
        named: Collection[str],
        now: float,
        keep_s: float,
    ) -> list[str]:
        """Erases every half that nothing can still come for; gives their ids.

        ``relays``: the nodes that seal ahead of sending; all must have said for ``keep_s`` seconds that they seal to a
        newer key and hold nothing for this one. ``named``: body keys that the directory names: whoever lost his
        database seals to them again. A body key also stays for what lies in quarantine.
        """
        words = [exchange.in_use(conn, relay, keep_s) for relay in relays]
        used = [word for word in words if word is not None]
        if not used or len(used) < len(words):
            return []
        waiting = {row[0] for row in conn.execute("select key from seen where result='quarantined'")}
        kept = {BODY: {*named, *waiting}, CONTACT: set[str]()}
        over = [h for h in self._halves if h.id not in kept[h.part] and self._is_over(h, used, now - keep_s)]
        for half in over:
            _erase(half.path)
        self._halves = tuple(half for half in self._halves if half not in over)
        self._settle()
        return [half.id for half in over]

    def _is_over(self, half: Half, used: Sequence[frozenset[str]], made_before: float) -> bool:
        newer = {h.id: h.made_at for h in self._halves if h.part == half.part and h.made_at > half.made_at}
        if half.made_at >= self._newest.made_at or min(newer.values()) > made_before:
            return False
        return all(half.id not in word and not word.isdisjoint(newer) for word in used)

    def _settle(self) -> None:
        self._live = {half.id: half.key for half in self._halves}
        found = {(half.part, half.made_at): half.key for half in self._halves}
        whole = [at for part, at in found if part == BODY and (CONTACT, at) in found and may_announce(at)]
        if not whole:
            raise ConfigError(
                f"no whole pair of sealing keys in {self._folder.parent}",
                hint="Enrol this node first: satark node enrol",
            )
        at = max(whole)
        self._newest = Pair(at, found[BODY, at], found[CONTACT, at])


def may_announce(made_at: int) -> bool:
    """Whether others may hear of the pair made then: as soon as a verified backup holds its body key.

    This node has no backup yet that could hold it, so there is nothing to wait for (decision 14).
    """
    del made_at
    return True


def ages(keys: Path, now: float) -> list[float]:
    """Seconds since each pair that still has a key was made, newest first, by the names of the files alone."""
    names = {path.name.split(".")[0] for path in (keys / FOLDER).glob("*.key")}
    enrolled = [keys / f"{part}.key" for part in (BODY, CONTACT)]
    if any(path.exists() and path.stat().st_size for path in enrolled):
        names |= {path.stem for path in (keys / FOLDER).glob(f"*{FIRST}")}
    return sorted(now - int(name) for name in names)


def _read(keys: Path) -> tuple[Half, ...]:
    (first_at,) = (int(path.stem) for path in (keys / FOLDER).glob(f"*{FIRST}"))
    found = [(part, first_at, keys / f"{part}.key") for part in (BODY, CONTACT)]
    for path in sorted((keys / FOLDER).glob("*.key")):
        made_at, part, _ = path.name.split(".")
        found.append((part, int(made_at), path))
    return tuple(
        Half(part, at, path, SealingKey(raw))
        for part, at, path in found
        if path.exists() and (raw := path.read_bytes())
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except PermissionError as error:
        raise ConfigError(f"{folder} is not there", hint="Run systemd-tmpfiles --create") from error


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f"{path.name}{UNFINISHED}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def _erase(path: Path) -> None:
    """Overwrites a file in place and empties it. One in a folder that is not ours cannot be removed: it stays empty."""
    if path.parent.name == FOLDER:
        erase_file(path)
    else:
        empty_file(path)
