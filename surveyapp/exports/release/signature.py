"""The signature of a release: Ed25519 over the manifest, made by the server, checked by anybody."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from surveyapp.exports.formats.csv_files import write_text
from surveyapp.exports.verify import MANIFEST, SIGNATURE
from surveyapp.keys import KeyRing


def public_key(keys: KeyRing) -> str:
    """The key that the receiver checks with, 64 hexadecimal digits; no secret."""
    return _key(keys).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(folder: Path, keys: KeyRing) -> None:
    """Write the signature of the manifest beside it. The same manifest gives the same signature."""
    signature = _key(keys).sign((folder / MANIFEST).read_bytes())
    write_text(folder / SIGNATURE, signature.hex() + "\n")


def _key(keys: KeyRing) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.key("release"))
