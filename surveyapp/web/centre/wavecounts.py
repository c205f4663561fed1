"""What became of a wave, counted by unit and reason, as a file."""

from uuid import UUID

from flask import g
from flask.wrappers import Response

from surveyapp import clock
from surveyapp.db import reading
from surveyapp.documents import tables
from surveyapp.documents.tables import Column
from surveyapp.i18n import _, moment
from surveyapp.invitations.delivery import leftout, waves, wording
from surveyapp.web.access import allow
from surveyapp.web.centre import bp
from surveyapp.web.frame import unit_name


@bp.get("/messages/wave/<uuid:wave_id>/counts.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def wave_counts(wave_id: UUID, format: str) -> Response:
    """Messages and people left out, by unit, channel, state and reason; nobody's name."""
    with reading() as db:
        wave = waves.wave(db, g.campaign.id, wave_id)
        title = wording.kind_name(wave.kind)
        rows = [
            (unit.code, unit_name(unit), *_words(channel, state, reason), n)
            for unit, channel, state, reason, n in leftout.per_unit(db, wave_id)
        ]
    notes = [moment(clock.now())]
    content = tables.write(format, _columns(), rows, title=title, notes=notes)
    name = f"tin-{g.campaign.code}-{wave_id.hex[:8]}.{format}"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(content, mimetype=tables.MEDIA[format], headers=headers)


def _columns() -> list[Column]:
    heads = (_("Mã đơn vị"), _("Đơn vị"), _("Kênh gửi"), _("Tình trạng"), _("Lý do"))
    return [*(Column(head) for head in heads), Column(_("Số lượng"), "count")]


def _words(channel: str, state: str, reason: str) -> tuple[str, str, str]:
    return (
        wording.channel_name(channel) if channel else "",
        wording.delivery_state(state),
        wording.reason_name(reason) if reason else "",
    )
