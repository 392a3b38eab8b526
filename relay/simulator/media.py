"""Files on their way through WhatsApp: ids that live for days, addresses that live for minutes."""

import hashlib
import hmac
import random
from dataclasses import dataclass, field, replace

from relay.simulator.errors import Missing
from relay.simulator.ids import new_object_id

ADDRESS_LIFE_S = 5 * 60.0
RECEIVED_LIFE_S = 7 * 86_400.0
UPLOADED_LIFE_S = 30 * 86_400.0
LARGEST_RECEIVED_BYTES = 100 * 1024 * 1024


FAULTS = ("sha256", "mime", "size", "empty", "expired", "cut")


@dataclass(frozen=True)
class File:
    """One stored file, and what is announced of it: true unless it was made with a fault."""

    id: str
    data: bytes
    mime: str
    expires_at: float
    sha256: bytes
    size_bytes: int
    served: bytes


@dataclass
class MediaStore:
    """All files, by id. Addresses carry their own expiry and a keyed digest, so none need be kept."""

    rng: random.Random
    _files: dict[str, File] = field(default_factory=dict)
    _contents: dict[bytes, bytes] = field(default_factory=dict)
    _key: bytes = b""

    def __post_init__(self) -> None:
        self._key = self.rng.randbytes(32)

    def add(self, data: bytes, mime: str, expires_at: float, fault: str = "") -> File:
        """Keep a file until `expires_at`; `fault` is one of FAULTS or nothing.

        Announced wrong: sha256, mime, size. empty: it has no bytes; expired: its id is dead at once;
        cut: only half of it arrives.
        """
        data = b"" if fault == "empty" else data
        digest = hashlib.sha256(data).digest()
        data = self._contents.setdefault(digest, data)  # a crowd that sends one picture needs it once
        file = File(
            id=new_object_id(self.rng),
            data=data,
            mime=_other_mime(mime) if fault == "mime" else mime,
            expires_at=0.0 if fault == "expired" else expires_at,
            sha256=bytes(each ^ 0xFF for each in digest) if fault == "sha256" else digest,
            size_bytes=len(data) + 1000 * (fault == "size"),
            served=data[: len(data) // 2] if fault == "cut" else data,
        )
        self._files[file.id] = file
        return file

    def get(self, media_id: str, now: float) -> File | None:
        """The file, unless unknown, deleted or expired."""
        file = self._files.get(media_id)
        return file if file is not None and now < file.expires_at else None

    def kept(self, media_id: str) -> File | None:
        """The file as the phone that sent or got it still has it, whatever became of it at WhatsApp."""
        return self._files.get(media_id)

    def delete(self, media_id: str) -> None:
        """End a file's life at WhatsApp; its addresses stop working."""
        self.expire(media_id)

    def address(self, media_id: str, now: float) -> str:
        """Path and query under which the file can be fetched for five minutes."""
        expiry = str(int(now + ADDRESS_LIFE_S))
        return (
            f"/whatsapp_business/attachments/?mid={media_id}&ext={expiry}&hash={self._hash(media_id, expiry)}"
        )

    def at_address(self, media_id: str, expiry: str, digest: str, now: float) -> File | None:
        """The file an address leads to, None when the address is false or old."""
        genuine = hmac.compare_digest(self._hash(media_id, expiry).encode(), digest.encode())
        return self.get(media_id, now) if genuine and now < int(expiry) else None

    def expire(self, media_id: str) -> None:
        """Let its seven days be over; raises Missing."""
        if media_id not in self._files:
            raise Missing(f"no file {media_id!r}")
        self._files[media_id] = replace(self._files[media_id], expires_at=0.0)

    def _hash(self, media_id: str, expiry: str) -> str:
        return hmac.new(self._key, f"{media_id}/{expiry}".encode(), hashlib.sha256).hexdigest()[:40]


def _other_mime(mime: str) -> str:
    return "image/png" if not mime.startswith("image/png") else "application/pdf"
