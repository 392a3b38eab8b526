"""X.509: the two private CAs and what they issue. ECDSA P-256 throughout, which browsers and TPMs take.

What the broker and its nodes check starts at a fixed early date, and the revocation list ends with the CA: a machine
whose clock is behind must still reach the broker, and a forgotten list must not lock every node out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import ip_address, ip_network

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provisioning.authority import lan_names
from provisioning.papers import Refused
from sync.errors import Unreadable

EARLY = datetime(2025, 1, 1, tzinfo=UTC)
CA_LIFE, CLIENT_LIFE, LAN_LIFE = timedelta(days=20 * 365), timedelta(days=730), timedelta(days=397)
SLACK = timedelta(days=1)


@dataclass(frozen=True)
class Facts:
    """What we ask of a certificate; ``not_after`` in epoch seconds, ``public_key`` DER."""

    common_name: str
    serial: int
    not_after: float
    public_key: bytes


@dataclass(frozen=True)
class CertificateAuthority:
    """A CA: its certificate and its private key, both PEM."""

    certificate_pem: str
    key_pem: bytes

    @staticmethod
    def create(name: str, now: float, *, lan_only: bool = False) -> "CertificateAuthority":
        """A new CA; with ``lan_only`` browsers refuse its word on anything but names and addresses of a LAN."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name)
        builder = _builder(subject, subject, key.public_key(), EARLY, _time(now) + CA_LIFE)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_usage(is_ca=True), critical=True)
        if lan_only:
            builder = builder.add_extension(_lan_constraints(), critical=True)
        certificate = builder.sign(key, hashes.SHA256())
        return CertificateAuthority(_pem(certificate), _key_pem(key))

    def client(self, csr_pem: str, node_id: str, now: float) -> str:
        """A node's certificate for the broker, which takes its common name as user name; PEM."""
        usage = ExtendedKeyUsageOID.CLIENT_AUTH
        return self._issue(csr_pem, node_id, (), usage, (EARLY, _time(now) + CLIENT_LIFE))

    def server(self, csr_pem: str, names: Sequence[str], now: float) -> str:
        """The broker's certificate; PEM."""
        usage = ExtendedKeyUsageOID.SERVER_AUTH
        return self._issue(csr_pem, "broker", names, usage, (EARLY, _time(now) + CLIENT_LIFE))

    def lan(self, csr_pem: str, names: Sequence[str], now: float) -> str:
        """The certificate of a box's pages for its LAN names, 397 days; PEM."""
        lan_names.refuse_public(names)
        start = _time(now) - SLACK
        # No host name as common name: OpenSSL holds one against the permitted DNS names where all others are addresses.
        usage = ExtendedKeyUsageOID.SERVER_AUTH
        return self._issue(csr_pem, "Satark Mitra box", names, usage, (start, start + LAN_LIFE))

    def revocations(self, serials: Iterable[int], number: int) -> str:
        """The list of revoked serial numbers, PEM; ``number`` only rises."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self._certificate.subject)
        builder = builder.last_update(EARLY).next_update(self._certificate.not_valid_after_utc)
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
        builder = builder.add_extension(self._authority_id, critical=False)
        for serial in sorted(serials):
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(EARLY)
            builder = builder.add_revoked_certificate(revoked.build())
        return _pem(builder.sign(self._key, hashes.SHA256()))

    def _issue(
        self,
        csr_pem: str,
        common_name: str,
        names: Sequence[str],
        usage: x509.ObjectIdentifier,
        validity: tuple[datetime, datetime],
    ) -> str:
        public = _requested_key(csr_pem)
        builder = _builder(self._certificate.subject, _name(common_name), public, *validity)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_usage(is_ca=False), critical=True)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        builder = builder.add_extension(self._authority_id, critical=False)
        if names:
            builder = builder.add_extension(_alternative_names(names), critical=False)
        return _pem(builder.sign(self._key, hashes.SHA256()))

    @cached_property
    def _certificate(self) -> x509.Certificate:
        return _read(self.certificate_pem)

    @cached_property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        return _read_key(self.key_pem)

    @property
    def _authority_id(self) -> x509.AuthorityKeyIdentifier:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())


def new_key() -> bytes:
    """A new P-256 private key, PEM (PKCS #8, not encrypted)."""
    return _key_pem(ec.generate_private_key(ec.SECP256R1()))


def signing_request(key_pem: bytes, common_name: str) -> str:
    """A certificate signing request, PEM. The authority takes nothing from it but the public key."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(_name(common_name))
    return _pem(builder.sign(_read_key(key_pem), hashes.SHA256()))


def facts(pem: str) -> Facts:
    """Reads a certificate; raises Unreadable."""
    certificate = _read(pem)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Facts(
        common_name=str(names[0].value) if names else "",
        serial=certificate.serial_number,
        not_after=certificate.not_valid_after_utc.timestamp(),
        public_key=_der(certificate.public_key()),
    )


def public_key_of(key_pem: bytes) -> bytes:
    """The public half of a private key, DER, as ``Facts.public_key``."""
    return _der(_read_key(key_pem).public_key())


def is_issued_by(pem: str, ca_pem: str) -> bool:
    """Whether that CA signed that certificate."""
    try:
        _read(pem).verify_directly_issued_by(_read(ca_pem))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _lan_constraints() -> x509.NameConstraints:
    permitted: list[x509.GeneralName] = [x509.DNSName(domain) for domain in lan_names.DOMAINS]
    permitted += [x509.IPAddress(ip_network(network)) for network in lan_names.NETWORKS]
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)


def _alternative_names(names: Sequence[str]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName([_general_name(name) for name in names])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _requested_key(csr_pem: str) -> ec.EllipticCurvePublicKey:
    try:
        csr = x509.load_pem_x509_csr(csr_pem.encode())
    except ValueError as error:
        raise Unreadable("the certificate signing request is not PEM") from error
    public = csr.public_key()
    if not csr.is_signature_valid or not isinstance(public, ec.EllipticCurvePublicKey):
        raise Refused("the certificate signing request does not prove a P-256 key")
    if not isinstance(public.curve, ec.SECP256R1):
        raise Refused(f"the certificate signing request is for curve {public.curve.name}, wanted secp256r1")
    return public


def _builder(
    issuer: x509.Name, subject: x509.Name, public: ec.EllipticCurvePublicKey, start: datetime, end: datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().issuer_name(issuer).subject_name(subject).public_key(public)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(end)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _time(now: float) -> datetime:
    return datetime.fromtimestamp(now, UTC).replace(microsecond=0)


def _pem(value: x509.Certificate | x509.CertificateRevocationList | x509.CertificateSigningRequest) -> str:
    return value.public_bytes(serialization.Encoding.PEM).decode()


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _der(public: object) -> bytes:
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise Unreadable("a key that is not on an elliptic curve")
    return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _read(pem: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise Unreadable("the certificate is not PEM") from error


def _read_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(pem, None)
    except ValueError as error:
        raise Unreadable("the private key is not PEM") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Unreadable("the private key is not on an elliptic curve")
    return key
