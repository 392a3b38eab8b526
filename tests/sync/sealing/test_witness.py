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
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey
from pyhpke import aead as pyhpke_aead
from pyhpke import kdf as pyhpke_kdf
from pyhpke.exceptions import OpenError

from sync import canonical
from sync.canonical import from_text
from sync.messages import encode
from sync.sealing import envelopes
from sync.sealing.envelopes import SealedPart
from sync.sealing.keys import SUITE, PublicSealingKey, SealingKey
from tests.vectors import make

MLKEM_CIPHERTEXT_BYTES = 1088
X25519_BYTES = 32
LABEL = b"\\.//^\\"
XWING_ENC_BYTES = MLKEM_CIPHERTEXT_BYTES + 32
VECTOR = make.recorded("envelope")
PLACES = list(make.MESSAGES)


def info(purpose: str, part: str, key: str) -> bytes:
    """The construction as DESIGN section 5 has it, written again."""
    words = ["satark/1", purpose, part, key, 1, SUITE, make.SENDER, make.RECIPIENT, make.MESSAGE_ID]
    return canonical.dumps(words)


@pytest.mark.parametrize("name", ["body", "contact", "message"])
def test_key_schedule_and_aead_are_those_of_the_rfc(name: str) -> None:
    key = X25519PrivateKey.from_private_bytes(make.fixed("x25519", 32))
    message = envelopes.pad(b"words of that part", envelopes.PART_BLOCK_BYTES[name])
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
    """Both directions from the draft, as pyhpke wants a KEM."""

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

    def encap(self, pkr: PublicSealingKey, sks: object = None, eks: object = None) -> tuple[bytes, bytes]:
        """A shared secret, and what its receiver makes it of."""
        assert sks is None and eks is None
        theirs = pkr.raw[-X25519_BYTES:]
        secret_m, mine = MLKEM768PublicKey.from_public_bytes(pkr.raw[:-X25519_BYTES]).encapsulate()
        ephemeral = X25519PrivateKey.generate()
        secret_x = ephemeral.exchange(X25519PublicKey.from_public_bytes(theirs))
        public = ephemeral.public_key().public_bytes_raw()
        return sha3_256(secret_m + secret_x + public + theirs + LABEL).digest(), mine + public


def suite_of_ours() -> CipherSuite:
    suite_id = b"HPKE" + bytes.fromhex("647a00010002")
    kdf, aead = pyhpke_kdf.KDF(KDFId.HKDF_SHA256, suite_id), pyhpke_aead.AEAD(AEADId.AES256_GCM)
    return CipherSuite(XWing(), kdf, aead)  # type: ignore[arg-type]  # a KEM of ours in place of theirs


def seal_independently(message: bytes, key: PublicSealingKey, about: bytes) -> bytes:
    enc, sender = suite_of_ours().create_sender_context(key, info=about)  # type: ignore[arg-type]  # a key of ours
    return enc + sender.seal(message)


def open_independently(ciphertext: bytes, key: SealingKey, about: bytes) -> bytes:
    enc, suite = ciphertext[:XWING_ENC_BYTES], suite_of_ours()
    recipient = suite.create_recipient_context(enc, key, info=about)  # type: ignore[arg-type]  # a key of ours
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


@pytest.mark.parametrize(("purpose", "part"), PLACES)
def test_every_kind_of_part_that_we_seal_opens_at_the_witness(purpose: str, part: str) -> None:
    message, key = (
        encode(make.MESSAGES[purpose, part]),
        make.CONTACT_KEY if part == "contact" else make.BODY_KEY,
    )
    sealed = envelopes.seal_part(
        purpose, part, message, key.public, make.SENDER, make.RECIPIENT, make.MESSAGE_ID
    )
    opened = open_independently(sealed.ciphertext, key, info(purpose, part, key.public.id))
    assert opened == envelopes.pad(message, envelopes.PART_BLOCK_BYTES[part])


@pytest.mark.parametrize(("purpose", "part"), PLACES)
def test_every_kind_of_part_that_the_witness_seals_opens_here(purpose: str, part: str) -> None:
    message, key = (
        encode(make.MESSAGES[purpose, part]),
        make.CONTACT_KEY if part == "contact" else make.BODY_KEY,
    )
    padded = envelopes.pad(message, envelopes.PART_BLOCK_BYTES[part])
    ciphertext = seal_independently(padded, key.public, info(purpose, part, key.public.id))
    envelope = envelopes.sign(
        purpose,
        (SealedPart(part, key.public.id, ciphertext),),
        make.SIGNING_KEY,
        make.SENDER,
        make.RECIPIENT,
        make.MESSAGE_ID,
    )
    assert envelopes.open_part(envelope, part, envelopes.keys_by_id(key).get) == message
