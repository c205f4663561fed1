"""AWS Signature Version 4, which every S3-compatible server asks of a request: pure."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class BucketSigner:
    """Who signs, and for which region."""

    access: str
    secret: str = field(repr=False)
    region: str = "us-east-1"
    service: str = "s3"


def escaped(path: str) -> str:
    """A path as it is signed and sent."""
    return quote(path, safe="/-_.~")


def query_string(query: Mapping[str, str]) -> str:
    """A query in the order in which it is signed."""
    return "&".join(
        f"{quote(k, safe='-_.~')}={quote(query[k], safe='-_.~')}" for k in sorted(query)
    )


def signed(
    method: str,
    path: str,
    query: Mapping[str, str],
    headers: Mapping[str, str],
    *,
    digest: str,
    by: BucketSigner,
    now: datetime,
) -> dict[str, str]:
    """The headers with those that prove them. `path` is not escaped yet; `digest` is the body's SHA-256."""
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "x-amz-date": moment}
    if by.service == "s3":
        sent["x-amz-content-sha256"] = digest
    lower = {name.lower(): " ".join(value.split()) for name, value in sent.items()}
    names = ";".join(sorted(lower))
    lines = "".join(f"{name}:{lower[name]}\n" for name in sorted(lower))
    request = "\n".join((method, escaped(path), query_string(query), lines, names, digest))
    scope = f"{moment[:8]}/{by.region}/{by.service}/aws4_request"
    hashed = hashlib.sha256(request.encode()).hexdigest()
    words = "\n".join((ALGORITHM, moment, scope, hashed))
    key = b"AWS4" + by.secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    proof = hmac.digest(key, words.encode(), "sha256").hex()
    sent["Authorization"] = (
        f"{ALGORITHM} Credential={by.access}/{scope}, SignedHeaders={names}, Signature={proof}"
    )
    return sent
