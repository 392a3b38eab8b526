"""Files on their way through WhatsApp: ids that live for days, addresses that live for minutes."""

import hashlib
import hmac
import random
from dataclasses import dataclass, field

from relay.simulator.ids import new_object_id

ADDRESS_LIFE_S = 5 * 60.0
RECEIVED_LIFE_S = 7 * 86_400.0
UPLOADED_LIFE_S = 30 * 86_400.0
LARGEST_RECEIVED_BYTES = 100 * 1024 * 1024


@dataclass(frozen=True)
class File:
    """One stored file."""

    id: str
    data: bytes
    mime: str
    expires_at: float

    @property
    def sha256(self) -> bytes:
        """Digest of the content."""
        return hashlib.sha256(self.data).digest()


@dataclass
class MediaStore:
    """All files, by id. Addresses carry their own expiry and a keyed digest, so none need be kept."""

    rng: random.Random
    _files: dict[str, File] = field(default_factory=dict)
    _key: bytes = b""

    def __post_init__(self) -> None:
        self._key = self.rng.randbytes(32)

    def add(self, data: bytes, mime: str, expires_at: float) -> File:
        """Keep a file until `expires_at`."""
        file = File(new_object_id(self.rng), data, mime, expires_at)
        self._files[file.id] = file
        return file

    def get(self, media_id: str, now: float) -> File | None:
        """The file, unless unknown, deleted or expired."""
        file = self._files.get(media_id)
        return file if file is not None and now < file.expires_at else None

    def delete(self, media_id: str) -> None:
        """Forget a file; its addresses stop working."""
        self._files.pop(media_id, None)

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

    def _hash(self, media_id: str, expiry: str) -> str:
        return hmac.new(self._key, f"{media_id}/{expiry}".encode(), hashlib.sha256).hexdigest()[:40]
