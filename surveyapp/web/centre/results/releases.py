"""Releases of the results: build the next one, see all, hand one over as a zip."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts.actions import Action
from surveyapp.accounts.second_person import Deed
from surveyapp.campaigns import queries as campaigns
from surveyapp.db import reading, transaction
from surveyapp.exports.disclosure import remark_review
from surveyapp.exports.download import service
from surveyapp.exports.errors import ReleaseError, UnknownFile
from surveyapp.exports.labels import outcome, refusal, rehearsal_warning
from surveyapp.exports.models import Release
from surveyapp.exports.release import building, publication, rehearsal
from surveyapp.exports.release.kept_files import RELEASES
from surveyapp.i18n import _
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act, enter
from surveyapp.web.http.safeguards.fresh_factor import fresh_factor
from surveyapp.web.http.safeguards.two_persons import two_persons
from surveyapp.web.http.state import keys, store


@bp.get("/releases")
@allow("operator", "viewer", "auditor")
def releases() -> str:
    """The register of releases, the newest first."""
    return _page()


@bp.post("/releases")
@allow("operator")
@fresh_factor
@two_persons(Deed.RELEASE)
def build_release() -> ResponseReturnValue:
    """Write the next release. It is prepared while others go on reading and writing, then registered."""
    try:
        with reading() as db:
            campaign = campaigns.campaign(db, g.campaign.code)
            prepared = building.prepare(
                db, campaign, out=store().folder / RELEASES, keys=keys(), store=store()
            )
        with transaction() as db:
            campaign = campaigns.campaign(db, g.campaign.code)
            building.register(db, campaign, prepared, store=store(), act=act())
    except ReleaseError as error:
        return _page([("", refusal(error))]), 409
    words = _(
        "Đã phát hành số %(number)s với %(responses)s phiếu trả lời.",
        number=prepared.number,
        responses=prepared.responses,
    )
    flash(words, "success")
    return redirect(url_for("centre.releases"), code=303)


@bp.post("/releases/<int:number>")
@allow("operator")
@fresh_factor
def download_release(number: int) -> ResponseReturnValue:
    """The zip of one release, on record: its scoring part is for the scoring stage alone."""
    try:
        with reading() as db:
            archive = service.find_archive(db, g.campaign.id, number, store=store())
    except UnknownFile:
        abort(404)
    except ReleaseError as error:
        return _page([("", refusal(error))]), 404
    with transaction() as db:
        enter(db, Action.RELEASE_DOWNLOADED, _facts(archive.release))
    return send_file(
        archive.path, "application/zip", as_attachment=True, download_name=archive.name
    )


@bp.post("/releases/<int:number>/published")
@allow("operator")
@fresh_factor
def record_publication(number: int) -> ResponseReturnValue:
    """Note that the public part is out: later releases are held against it."""
    try:
        with transaction() as db:
            campaign = campaigns.campaign(db, g.campaign.code)
            publication.record_publication(db, campaign, number, act=act())
    except UnknownFile:
        abort(404)
    except ReleaseError as error:
        return _page([("", refusal(error))]), 409
    flash(
        _("Đã ghi nhận phần public của bản phát hành số %(n)s là đã công bố.", n=number), "success"
    )
    return redirect(url_for("centre.releases"), code=303)


def _facts(built: Release) -> dict[str, Any]:
    return {"number": built.number, "manifest_sha256": built.manifest_sha256}


def _page(errors: list[tuple[str, str]] | None = None) -> str:
    with reading() as db:
        releases = building.releases(db, g.campaign.id)
        rehearsed = rehearsal.status(db, g.campaign, now=clock.now())
        unread = remark_review.tally(db, g.campaign.id).open
    last = rehearsed.last
    return render_template(
        "centre/releases.html",
        rehearsal=last,
        rehearsal_outcome=outcome(last.outcome) if last else "",
        rehearsal_warning=rehearsal_warning(rehearsed),
        releases=releases,
        unread=unread,
        may_build="operator" in g.actor.roles_in(g.campaign.code) and g.campaign.is_box_opened,
        may_act="operator" in g.actor.roles_in(g.campaign.code),
        state=g.campaign.state,
        errors=errors or [],
    )
