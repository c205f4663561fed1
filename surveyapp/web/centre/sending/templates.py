"""The words of messages: read, edited with a preview against real people, checked before use."""

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from surveyapp import clock
from surveyapp.accounts import queries as accounts
from surveyapp.accounts.actions import Action
from surveyapp.db import reading, transaction
from surveyapp.delivery import labels, preview, rules, templates
from surveyapp.delivery.errors import TemplateRefused
from surveyapp.delivery.sending.outgoing import Post
from surveyapp.i18n import _
from surveyapp.messaging import labels as channels
from surveyapp.messaging.templates import MessageTemplate
from surveyapp.web.centre import bp
from surveyapp.web.http.access import allow
from surveyapp.web.http.audit_context import act, enter
from surveyapp.web.http.safeguards.people_shown import Purpose, note_shown
from surveyapp.web.http.state import keys, settings

KIND = f"<any({', '.join(rules.KINDS)}):kind>"
LANGUAGE = "<any(vi, en):language>"


@bp.get("/messages/words")
@allow("operator", "viewer", "auditor")
def message_words() -> str:
    """Every kind of message in both languages."""
    with reading() as db:
        edited = templates.edited(db, g.campaign.id)
    return render_template(
        "centre/messages_words.html", kinds=rules.KINDS, edited=edited, say=labels
    )


@bp.get(f"/messages/words/{KIND}/{LANGUAGE}")
@allow("operator", "viewer", "auditor")
def edit_words(kind: str, language: str) -> str:
    """The words in force, with a preview."""
    with reading() as db:
        template = templates.template(db, g.campaign.id, kind, language)
    return _page(kind, language, template, errors=[])


@bp.post(f"/messages/words/{KIND}/{LANGUAGE}")
@allow("operator")
def save_words(kind: str, language: str) -> ResponseReturnValue:
    """Use the words from the next message on, or say what is wrong with them."""
    template = _written()
    try:
        with transaction() as db:
            base = settings().addresses.respondent
            templates.save(db, g.campaign, kind, language, template, base_url=base, act=act())
    except TemplateRefused as error:
        faults = [(fault.place, channels.template_fault(fault)) for fault in error.faults]
        return _page(kind, language, template, errors=faults), 422
    flash(_("Đã lưu lời văn. Các tin gửi từ bây giờ dùng lời văn này."), "success")
    return redirect(url_for("centre.edit_words", kind=kind, language=language), code=303)


@bp.post(f"/messages/words/{KIND}/{LANGUAGE}/preview")
@allow("operator")
def preview_words(kind: str, language: str) -> ResponseReturnValue:
    """What real people would get, nothing saved."""
    template = _written()
    faults = templates.check(
        kind, template, base_url=settings().addresses.respondent, campaign=g.campaign
    )
    errors = [(fault.place, channels.template_fault(fault)) for fault in faults]
    return _page(kind, language, template, errors=errors), 422 if errors else 200


@bp.post(f"/messages/words/{KIND}/{LANGUAGE}/test")
@allow("operator")
def try_words(kind: str, language: str) -> ResponseReturnValue:
    """Send the words as they stand in the form to the operator's own address, nothing saved."""
    template = _written()
    faults = templates.check(
        kind, template, base_url=settings().addresses.respondent, campaign=g.campaign
    )
    errors = [(fault.place, channels.template_fault(fault)) for fault in faults]
    if not errors:
        flash(*_tried(kind, language, template))
    return _page(kind, language, template, errors=errors), 422 if errors else 200


def _tried(kind: str, language: str, template: MessageTemplate) -> tuple[str, str]:
    """What became of a message on trial, and how to show it. The network is used in no transaction."""
    with reading() as db:
        address = accounts.email(db, g.actor.staff_id)
        base = settings().addresses.respondent
        trial = preview.trial(db, g.campaign, template, language, keys=keys(), base_url=base)
    if not address:
        return _(
            "Chưa có địa chỉ thư của Ông/Bà. Vui lòng ghi ở trang Tài khoản của tôi."
        ), "warning"
    post = Post.of(settings())
    if post.email is None:
        return _("Máy chủ chưa có thiết lập để gửi thư điện tử."), "warning"
    try:
        outcome = post.send_trial(address, trial, language=language, now=clock.now())
    finally:
        post.close()
    facts = {"kind": kind, "language": language, "outcome": str(outcome.reason)}
    with transaction() as db:
        enter(db, Action.MESSAGE_WORDS_TRIED, facts)
    if outcome.is_handed_over:
        return _("Đã gửi thử đến %(address)s. Lời văn chưa được lưu.", address=address), "success"
    return _("Chưa gửi thử được: %(why)s.", why=channels.reason(outcome.reason)), "error"


@bp.post(f"/messages/words/{KIND}/{LANGUAGE}/restore")
@allow("operator")
def restore_words(kind: str, language: str) -> ResponseReturnValue:
    """Back to the words that ship."""
    if language not in templates.LANGUAGES:
        abort(404)
    with transaction() as db:
        templates.restore(db, g.campaign, kind, language, act=act())
    return redirect(url_for("centre.edit_words", kind=kind, language=language), code=303)


def _written() -> MessageTemplate:
    form = request.form
    return MessageTemplate(form.get("subject", ""), form.get("text", ""), form.get("sms", ""))


def _page(
    kind: str, language: str, template: MessageTemplate, *, errors: list[tuple[str, str]]
) -> str:
    seen = []
    with reading() as db:
        own_address = accounts.email(db, g.actor.staff_id)
        if not errors:
            seen = preview.people(
                db,
                g.campaign,
                template,
                language,
                keys=keys(),
                base_url=settings().addresses.respondent,
            )
    may_act = "operator" in g.actor.roles_in(g.campaign.code)
    if may_act:
        note_shown(Purpose.MESSAGE_PREVIEW, people=len(seen))
    return render_template(
        "centre/messages_edit.html",
        kind=kind,
        kind_name=labels.kind_name(kind),
        in_language=language,
        template=template,
        errors=errors,
        fields=templates.FIELDS,
        seen=seen,
        own_address=own_address,
        may_act=may_act,
    )
