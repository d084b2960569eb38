"""A signing authority for tests: root, issuing CA, time-stamp authority, signers with Vietnamese names, CRLs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from validator.certificate.pades_trust import Trust

DAY = timedelta(days=1)
PASSPHRASE = b"mat khau de thu"


@dataclass(frozen=True)
class Party:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Any

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def asn1(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.der)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def pkcs12(self, *chain: Party) -> bytes:
        others = [party.certificate for party in chain]
        lock = BestAvailableEncryption(PASSPHRASE)
        return pkcs12.serialize_key_and_certificates(b"signer", self.key, self.certificate, others, lock)

    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        der = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return asn1_keys.PrivateKeyInfo.load(der)


@dataclass
class Authority:
    """A small public-key infrastructure: certificates of signers hold for a year, those of CAs and clock for ten."""

    name: str = "CA thử nghiệm (mô phỏng)"
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.root = self._made(f"{self.name} gốc", None, ca=True)
        self.issuer = self._made(self.name, self.root, ca=True)
        self.rsa = self._made("Nguyễn Thị Phương", self.issuer, _rsa())
        self.ec = self._made("Sở Khoa học và Công nghệ", self.issuer)
        self.revoked = self._made("Trần Văn Ưu", self.issuer)
        self.clock = self._made("Dấu thời gian", self.issuer, _rsa(), stamping=True)

    def _made(self, name: str, by: Party | None, key: Any = None, ca: bool = False, stamping: bool = False) -> Party:
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
                             x509.NameAttribute(NameOID.COMMON_NAME, name)])  # fmt: skip
        issuer = by.certificate.subject if by else subject
        signing_key = by.key if by else key
        built = (
            x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(self.now - 30 * DAY)
            .not_valid_after(self.now + (3650 if ca or stamping else 365) * DAY)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(_usage(ca), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), False)
        )
        if stamping:
            built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        return Party(built.sign(signing_key, SHA256()), key)

    def trust(self, revoked: Sequence[Party] = (), at: datetime | None = None) -> Trust:
        """With lists of the day before `at`, which is now unless given."""
        moment = at or self.now
        lists = (self._crl(self.root, (), moment), self._crl(self.issuer, revoked, moment))
        return Trust((self.root.asn1,), (self.issuer.asn1,), lists)

    def _crl(self, by: Party, revoked: Sequence[Party], moment: datetime) -> asn1_crl.CertificateList:
        built = x509.CertificateRevocationListBuilder(by.certificate.subject, moment - DAY, moment + 30 * DAY)
        built = built.add_extension(x509.CRLNumber(int(moment.timestamp())), critical=False)
        built = built.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key()), False)
        for party in revoked:
            entry = x509.RevokedCertificateBuilder(party.certificate.serial_number, moment - DAY)
            built = built.add_revoked_certificate(entry.build())
        return asn1_crl.CertificateList.load(built.sign(by.key, SHA256()).public_bytes(Encoding.DER))

    def stamper(self, moment: datetime | None = None) -> DummyTimeStamper:
        store = SimpleCertificateStore()
        store.register_multiple([self.issuer.asn1])
        return DummyTimeStamper(self.clock.asn1, self.clock.asn1_key(), store, fixed_dt=moment)


def _usage(ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca, content_commitment=not ca, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=ca, crl_sign=ca, encipher_only=False, decipher_only=False,
    )  # fmt: skip


@cache
def authority() -> Authority:
    return Authority()


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)
