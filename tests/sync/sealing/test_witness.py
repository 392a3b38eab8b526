"""An independent witness of the suite: pyhpke (RFC 9180), which has no X-Wing.

Part one: base mode with X25519 through our own ``info`` shows that key schedule, nonce, AEAD and the way enc and
ciphertext are joined are those of the RFC. Part two: X-Wing written here from its draft (SHA3-256 over both secrets,
X25519's ciphertext and key, and the label) from the bare ML-KEM and X25519, put under pyhpke's key schedule, opens the
recorded envelope. What stays unwitnessed: ML-KEM-768 itself, for which there is one implementation here (OpenSSL's).
"""

from dataclasses import dataclass
from enum import Enum
from hashlib import sha3_256

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey
from pyhpke import aead as pyhpke_aead
from pyhpke import kdf as pyhpke_kdf
from pyhpke.exceptions import OpenError

from sync import canonical
from sync.canonical import from_text
from sync.sealing import envelopes
from sync.sealing.keys import SUITE, SealingKey
from tests.vectors import make

MLKEM_CIPHERTEXT_BYTES = 1088
LABEL = b"\\.//^\\"
XWING_ENC_BYTES = MLKEM_CIPHERTEXT_BYTES + 32
VECTOR = make.recorded("envelope")


def info(purpose: str, part: str, key: str) -> bytes:
    """The construction as DESIGN section 5 has it, written again."""
    words = ["satark/1", purpose, part, key, 1, SUITE, make.SENDER, make.RECIPIENT, make.MESSAGE_ID]
    return canonical.dumps(words)


@pytest.mark.parametrize("name", ["body", "contact"])
def test_key_schedule_and_aead_are_those_of_the_rfc(name: str) -> None:
    key = X25519PrivateKey.from_private_bytes(make.fixed("x25519", 32))
    message = envelopes.pad(VECTOR["parts"][name].encode(), envelopes.PART_BLOCK_BYTES[name])
    ours = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM).encrypt(
        message, key.public_key(), info("report", name, "id")
    )
    suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
    theirs = KEMKey.from_pyca_cryptography_key(key)
    recipient = suite.create_recipient_context(ours[:32], theirs, info=info("report", name, "id"))
    assert recipient.open(ours[32:]) == message


class XWingId(Enum):
    """X-Wing's number in HPKE."""

    XWING = 0x647A


@dataclass(frozen=True)
class XWing:
    """Decapsulation from the draft, as pyhpke wants a KEM."""

    id: XWingId = XWingId.XWING

    def decap(self, enc: bytes, skr: SealingKey, pks: object) -> bytes:
        """The shared secret of both halves."""
        assert pks is None
        mlkem = MLKEM768PrivateKey.from_seed_bytes(skr.raw[:64])
        x25519 = X25519PrivateKey.from_private_bytes(skr.raw[64:])
        ephemeral = enc[MLKEM_CIPHERTEXT_BYTES:]
        secret_m = mlkem.decapsulate(enc[:MLKEM_CIPHERTEXT_BYTES])
        secret_x = x25519.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        mine = x25519.public_key().public_bytes_raw()
        return sha3_256(secret_m + secret_x + ephemeral + mine + LABEL).digest()


def open_independently(ciphertext: bytes, key: SealingKey, about: bytes) -> bytes:
    suite_id = b"HPKE" + bytes.fromhex("647a00010002")
    kdf, aead = pyhpke_kdf.KDF(KDFId.HKDF_SHA256, suite_id), pyhpke_aead.AEAD(AEADId.AES256_GCM)
    suite = CipherSuite(XWing(), kdf, aead)  # type: ignore[arg-type]  # a KEM of ours in place of theirs
    recipient = suite.create_recipient_context(ciphertext[:XWING_ENC_BYTES], key, info=about)  # type: ignore[arg-type]  # and its key
    return recipient.open(ciphertext[XWING_ENC_BYTES:])


@pytest.mark.parametrize(("name", "key"), [("body", make.BODY_KEY), ("contact", make.CONTACT_KEY)])
def test_the_recorded_envelope_opens_by_the_draft_of_x_wing(name: str, key: SealingKey) -> None:
    (part,) = (p for p in envelopes.read(from_text(VECTOR["envelope"])).parts if p.name == name)
    message = envelopes.unpad(open_independently(part.ciphertext, key, info("report", name, key.public.id)))
    assert message == VECTOR["parts"][name].encode()


def test_the_witness_refuses_another_info() -> None:
    part = envelopes.read(from_text(VECTOR["envelope"])).parts[0]
    with pytest.raises(OpenError):
        open_independently(part.ciphertext, make.BODY_KEY, info("reply", "body", part.key))
