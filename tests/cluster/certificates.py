"""Certificates for the tests. In: a folder. Out: an authority, and one certificate that it signed,
as files in PEM.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from grader.cluster import Certificates


@dataclass(frozen=True)
class Authority:
    """The files of one cluster: ``ca.pem``, and ``node.pem`` with ``node.key`` for everybody."""

    folder: Path

    @property
    def files(self) -> Certificates:
        return Certificates(*(self.folder / name for name in ("ca.pem", "node.pem", "node.key")))

    def options(self) -> tuple[str, ...]:
        """For ``dask scheduler`` and ``dask worker``."""
        files = self.files
        named = (("ca-file", files.ca), ("cert", files.cert), ("key", files.key))
        parts = [part for name, file in named for part in (f"--tls-{name}", str(file))]
        return ("--protocol", "tls", *parts)


def authority(folder: Path) -> Authority:
    """A new one, with everything below ``folder``."""
    folder.mkdir()
    ca_key, node_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = _certificate("cluster", ca_key, "cluster", ca_key, is_authority=True)
    node = _certificate("node", node_key, "cluster", ca_key)
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (folder / "node.pem").write_bytes(node.public_bytes(serialization.Encoding.PEM))
    key = folder / "node.key"
    key.touch(0o600)
    key.write_bytes(
        node_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return Authority(folder)


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    signing: ec.EllipticCurvePrivateKey,
    is_authority: bool = False,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(signing, hashes.SHA256())
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
