"""What stands in the application's database, read with its keys: ballots and drafts in plain.

`python -m benchmarks.flows.opened FOLDER DATABASE_URL` writes one JSON object: `ballots`, each the answers
by item, and `drafts`, the answers by link, of the links on standard input, each with the cookie of the browser
that began. Run with the code of its tree.
"""

import json
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import select

from surveyapp.campaigns import queries as campaigns
from surveyapp.db import bind, make_engine, reading
from surveyapp.invitations import queries as invitations
from surveyapp.invitations.credentials import links
from surveyapp.keys import read_key_ring
from surveyapp.responses import draft_secret, drafts
from surveyapp.responses.draft_cipher import DraftHolder
from surveyapp.responses.models import SealedBallot
from surveyapp.responses.sealed_box import box
from surveyapp.web.http import sessions
from surveyapp.web.respond.devices.browser_cookie import COOKIE


def read(folder: Path, url: str, given: dict[str, str]) -> dict[str, Any]:
    """See above."""
    known = json.loads((folder / "stage.json").read_text())
    items = [item for _, section in known["form"]["sections"] for item in section]
    private, keys = bytes.fromhex(known["box"]), read_key_ring(folder / "keys.json")
    secret = draft_secret.read(folder / "draft-secrets", known["campaign"]) if given else b""
    engine = make_engine(url)
    bind(engine)
    ballots = []
    saved = {}
    with reading() as db:
        for ciphertext in db.scalars(select(SealedBallot.ciphertext)):
            ballot = box.unseal(private, known["campaign"], ciphertext)
            ballots.append({i: c for i, c in zip(items, ballot.codes, strict=True) if c})
        for link, cookie in given.items():
            code = links.read(keys, link.removeprefix("/t/"))
            form = invitations.find(db, code, keys=keys).assignments[0]
            instrument = campaigns.instrument(db, form.instrument_id)
            [[_mark, strand]] = (sessions.unseal(cookie, COOKIE, keys) or {})["begun"]
            holder = DraftHolder(code, bytes.fromhex(strand), secret, keys)
            draft = drafts.load(db, form.id, instrument, holder=holder)
            saved[link] = draft.answers
    engine.dispose()
    return {"ballots": ballots, "drafts": saved}


def main() -> None:
    """Read and write."""
    given = json.load(sys.stdin)
    json.dump(read(Path(sys.argv[1]), sys.argv[2], given), sys.stdout)


if __name__ == "__main__":
    main()
