"""One file, from WhatsApp to its sealed place: piece by piece, never whole in memory, never plain on the disk."""

import os
import random
import shutil
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from relay.allowance import Claim, Claims
from relay.events import MediaRef
from relay.evidence.kinds import LIMIT_BYTES, kind_by_content
from relay.whatsapp import Damaged, MediaInfo, TooLarge, UrlExpired, WhatsApp
from sync import metadata
from sync.clock import Clock, whole_hour
from sync.errors import SatarkError
from sync.messages import Manifest
from sync.metadata import CleanedFile, Sealed
from sync.sealing import locks
from sync.sealing.spools import SealingWriter

RESERVE_BYTES, RESERVE_PERCENT = 256 * 1024 * 1024, 2
"""What no file may take of the disk: reports in words must find room."""
TOOL = "satark.metadata/3"

Room = Callable[[Path], tuple[int, int]]
"""Bytes (in all, free) of the disk a folder lies on."""
Progress = Callable[[], object]


def room(folder: Path) -> tuple[int, int]:
    """As the system gives it."""
    usage = shutil.disk_usage(folder)
    return usage.total, usage.free


class NoRoom(SatarkError):
    """The disk is so full that a file would endanger what is more important."""


@dataclass(frozen=True)
class Taker:
    """Takes files into ``media``, the folder of sealed files; ``progress`` is called for each piece that comes."""

    client: WhatsApp
    media: Path
    clock: Clock
    rng: random.Random
    room: Room
    progress: Progress

    def take(self, wanted: MediaRef, kind: str, claims: Claims) -> Manifest:
        """Fetches, cleans and seals; the file's name is in the manifest and in no table yet.

        ``claims`` makes room for it in what its sender may send in a day; what came and is refused has used that room.
        Raises SatarkError or OSError; nothing of it is left then.
        """
        came = self._download(wanted, kind, claims)
        try:
            cleaned = metadata.clean_sealed(came, self._new_path(), self._new_key(), self.progress)
            found = kind_by_content(cleaned.mime, kind)
            if came.size_bytes > LIMIT_BYTES[found]:
                cleaned.kept.path.unlink(missing_ok=True)
                raise TooLarge(f"a file of {came.size_bytes} bytes, too large for what it is")
        except BaseException:
            came.path.unlink(missing_ok=True)
            raise
        if cleaned.kept is not came:
            came.path.unlink(missing_ok=True)
        try:
            return self._manifest(came, cleaned, found)
        except BaseException:
            cleaned.kept.path.unlink(missing_ok=True)
            raise

    def _download(self, wanted: MediaRef, kind: str, claims: Claims) -> Sealed:
        try:
            return self._claimed(self.client.media(wanted.media_id), wanted, kind, claims)
        except UrlExpired:
            # Five minutes are soon over in a queue: a new address at once, not at the next try.
            return self._claimed(self.client.media(wanted.media_id), wanted, kind, claims)

    def _claimed(self, info: MediaInfo, wanted: MediaRef, kind: str, claims: Claims) -> Sealed:
        if info.size_bytes > LIMIT_BYTES[kind]:
            raise TooLarge(f"a file of {info.size_bytes} bytes, too large for what it is")
        claim = claims(info.size_bytes)
        try:
            came = self._spooled(info, wanted, kind, claim)
        except BaseException:
            claim.give_back()
            raise
        claim.settle()
        return came

    def _spooled(self, info: MediaInfo, wanted: MediaRef, kind: str, claim: Claim) -> Sealed:
        self._refuse_without_room(info.size_bytes)
        path, key, digest = self._new_path(), self._new_key(), sha256()
        try:
            with path.open("wb") as target:
                writer = SealingWriter(target, key)

                def sink(piece: bytes) -> None:
                    claim.came(len(piece))
                    digest.update(piece)
                    writer.write(piece)
                    self.progress()

                self.client.download(info, sink, LIMIT_BYTES[kind])
                size_bytes = writer.finish()
            _refuse_other(wanted.sha256, digest.digest())
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Sealed(path, key, size_bytes, digest.hexdigest())

    def _refuse_without_room(self, size_bytes: int) -> None:
        total_bytes, free_bytes = self.room(self.media)
        # As it comes and as it is kept: both lie there for a while.
        if free_bytes - 2 * size_bytes < max(RESERVE_BYTES, total_bytes * RESERVE_PERCENT // 100):
            raise NoRoom("the disk is nearly full", hint="Make room on the relay's disk")

    def _new_path(self) -> Path:
        return self.media / f"{self.rng.getrandbits(128):032x}"

    def _new_key(self) -> bytes:
        return self.rng.randbytes(locks.KEY_BYTES)

    def _manifest(self, came: Sealed, cleaned: CleanedFile, kind: str) -> Manifest:
        kept = cleaned.kept
        return Manifest(
            file_id=kept.path.name,
            kind=kind,
            mime=cleaned.mime,
            size_bytes=kept.size_bytes,
            sha256_received=came.sha256,
            sha256_kept=kept.sha256,
            sha256_sealed=self._settle(kept.path),
            key=kept.key,
            dropped=cleaned.dropped,
            tool=f"{TOOL} {cleaned.tool}".strip(),
        )

    def _settle(self, path: Path) -> str:
        """Makes sure that it is on the disk; gives the hash of the ciphertext."""
        with path.open("rb") as source:
            os.fsync(source.fileno())
            sealed = file_digest(source, "sha256").hexdigest()
        hour = whole_hour(self.clock())
        os.utime(path, (hour, hour))  # the box knows this name: no finer than what it is told
        folder = os.open(self.media, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return sealed


def _refuse_other(announced: str, digest: bytes) -> None:
    """The update that told of the file named its hash too, in base64 or hex; "" where it did not."""
    if announced and announced != b64encode(digest).decode() and announced.lower() != digest.hex():
        raise Damaged("a file is not the one that was announced", hint="Fetch it again")
