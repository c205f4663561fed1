"""An authenticator in software: makes a passkey and signs with it, as a browser would hand it on."""

import json
import os
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


class Authenticator:
    """One passkey. `verifies`: it checks its holder by a finger or a PIN."""

    def __init__(
        self, *, origin: str = "https://khaosat.example.vn", verifies: bool = True
    ) -> None:
        self.origin, self.verifies = origin, verifies
        self.id, self.count = os.urandom(32), 0
        self.key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: dict) -> str:
        """The answer to what a site asks for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        told = self._told(options["rp"]["id"], ATTESTED) + bytes(16)
        told += len(self.id).to_bytes(2) + self.id + cbor2.dumps(public)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def sign(self, options: dict) -> str:
        """The answer to what a site asks to have signed."""
        told = self._told(options["rpId"])
        client = self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(told + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=told, signature=signature)

    def _told(self, host: str, more: int = 0) -> bytes:
        self.count += 1
        flags = PRESENT | (VERIFIED if self.verifies else 0) | more
        return sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> str:
        name = bytes_to_base64url(self.id)
        told = {part: bytes_to_base64url(value) for part, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": told})
