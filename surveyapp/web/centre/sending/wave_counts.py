"""What became of a wave, counted by unit and reason, as a file."""

from uuid import UUID

from flask import g
from flask.wrappers import Response

from surveyapp import clock
from surveyapp.db import reading
from surveyapp.delivery import labels
from surveyapp.delivery.waves import exclusions, wave_lookup
from surveyapp.documents import tables
from surveyapp.documents.tables import Column
from surveyapp.i18n import _, moment
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.frame import unit_name


@bp.get("/messages/wave/<uuid:wave_id>/counts.<any(csv, xlsx):format>")
@allow("operator", "viewer", "auditor")
def wave_counts(wave_id: UUID, format: str) -> Response:
    """Messages and people left out, by unit, channel, state and reason; nobody's name."""
    with reading() as db:
        wave = wave_lookup.wave(db, g.campaign.id, wave_id)
        title = labels.kind_name(wave.kind)
        rows = [
            (unit.code, unit_name(unit), *_words(channel, state, reason), n)
            for unit, channel, state, reason, n in exclusions.per_unit(db, wave_id)
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
        labels.channel_name(channel) if channel else "",
        labels.delivery_state(state),
        labels.reason_name(reason) if reason else "",
    )
