"""What a worker does between messages: the self-test, the mailbox, waves that end."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email import message_from_bytes
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from surveyapp import log, timers
from surveyapp.accounts import audit_head
from surveyapp.accounts.act import Act
from surveyapp.accounts.actions import Action
from surveyapp.accounts.links import account_mail, activation
from surveyapp.campaigns.models import Campaign
from surveyapp.campaigns.states import TAKING_LISTS
from surveyapp.config import Addresses
from surveyapp.db import reading, rows_changed, transaction
from surveyapp.delivery.health import canary
from surveyapp.delivery.models import ContactRequest, Delivery, Wave
from surveyapp.delivery.returned import returns
from surveyapp.delivery.rules import PATIENCE, SENT_BY_WORKER
from surveyapp.delivery.sending import queue
from surveyapp.delivery.sending.outgoing import Post
from surveyapp.delivery.sending.queue import Settled
from surveyapp.delivery.states import NOT_OVER, DeliveryState, WaveState
from surveyapp.delivery.waves import absences, lifecycle
from surveyapp.documents import letter_check
from surveyapp.keys import KeyRing
from surveyapp.messaging.email import return_addresses
from surveyapp.messaging.email.bounces import read_report
from surveyapp.messaging.email.mailbox import Mailbox
from surveyapp.messaging.errors import MailboxUnreachable, MessagingError
from surveyapp.messaging.templates import Rendered

SELF_TEST_HOLD = timedelta(minutes=3)
AT_ONCE = 100
"""Messages given up in one transaction: respondents wait for none."""


def keep(
    post: Post,
    mailbox: Mailbox | None,
    *,
    keys: KeyRing,
    addresses: Addresses,
    now: Callable[[], datetime],
) -> None:
    """One round of upkeep; a mailbox that is away costs an alarm and nothing else."""
    _mail_account_links(post, keys=keys, addresses=addresses, now=now)
    _send_audit_head(post, keys=keys, now=now)
    with transaction() as db:
        end_closed(db, now=now())
        absences.lift(db, now=now())
    if mailbox is not None:
        _read_mailbox(post, mailbox, keys=keys, now=now)
    _look_for_canaries(post, now=now)
    with timers.turn("self-test", now=now, hold=SELF_TEST_HOLD) as turn:
        if turn.is_ours:  # of several workers one: what is on its way is not sent again
            _test_channels(post, now=now)
    give_up(keys=keys, now=now())
    with transaction() as db:
        lifecycle.finish(db)
    with reading() as db:
        open_requests = select(ContactRequest.campaign_id).where(
            ContactRequest.settled_on.is_(None)
        )
        campaign_ids = db.scalars(open_requests.distinct()).all()
    for campaign_id in campaign_ids:
        with transaction() as db:
            returns.settle_requests(db, campaign_id, keys=keys, now=now())


def _mail_account_links(
    post: Post, *, keys: KeyRing, addresses: Addresses, now: Callable[[], datetime]
) -> None:
    """Links by which staff activate their accounts; the first refusal of the channel ends the round."""
    if post.email is None:
        return
    with reading() as db:
        if not activation.waiting(db):
            return
    with timers.turn("account-links", now=now, hold=SELF_TEST_HOLD) as turn:
        if not turn.is_ours:  # of several workers one: nobody gets her link twice
            return
        with reading() as db:
            waiting = account_mail.messages(
                db,
                sender=post.sender,
                sender_name=post.sender_name,
                addresses=addresses,
                keys=keys,
                now=now(),
            )
        for link_id, message in waiting:
            if not turn.is_still_ours(now()):
                return
            outcome = post.email.send(message)
            with transaction() as db:
                account_mail.note(db, link_id, outcome)
            if outcome.concerns_channel:
                return


def _send_audit_head(post: Post, *, keys: KeyRing, now: Callable[[], datetime]) -> None:
    """Once a day to everybody who keeps it; it is entered before it goes, by one of several workers."""
    if post.email is None or not post.witnesses:
        return
    with reading() as db:
        if not audit_head.is_due(db, now=now()):
            return
    with timers.turn("audit-head", now=now, hold=SELF_TEST_HOLD) as turn:
        if not turn.is_ours:
            return
        with transaction() as db:
            chain = audit_head.latest(db) if audit_head.is_due(db, now=now()) else None
            if chain is not None:
                audit_head.sent(db, chain, act=Act(audit_head.WORKER, now(), keys))
        if chain is None:
            return
        subject, text = audit_head.words(chain, now=now())
        words = Rendered(subject, text, "")
        for address in post.witnesses:
            outcome = post.send_trial(address, words, language="vi", now=now())
            if not outcome.is_handed_over:
                log.alarm("audit_head_not_sent", reason=outcome.reason.value)


def _test_channels(post: Post, *, now: Callable[[], datetime]) -> None:
    trials = post.trials
    with transaction() as db:
        paused = canary.judge(db, trials, now=now())
        due = [(one.id, one.channel, one.address) for one in canary.to_send(db, trials, now=now())]
    for wave_id, channel in paused:
        log.alarm(Action.WAVE_PAUSED, wave=str(wave_id), reason="canary", channel=channel)
    for canary_id, channel, address in due:
        if channel == "letter":
            try_letters(canary_id, now=now)
        else:
            _try_channel(post, canary_id, channel, address, now=now)
    if due:
        with transaction() as db:
            canary.judge(db, trials, now=now())


def _try_channel(
    post: Post, canary_id: UUID, channel: str, address: str, *, now: Callable[[], datetime]
) -> None:
    try:
        outcome = post.send_canary(canary_id, channel, address, now=now())
    except MessagingError as error:
        with transaction() as db:
            canary.refused(db, canary_id, type(error).__name__, for_good=True)
        return
    with transaction() as db:
        if not outcome.is_handed_over:
            reason = f"{outcome.reason} {outcome.code}".strip()
            canary.refused(db, canary_id, reason, for_good=outcome.is_refused)
            return
        canary.handed_over(db, canary_id, gateway_id=outcome.reference)
        if channel in post.seen_by_itself:
            canary.arrived(db, canary_id, now=now())


def try_letters(canary_id: UUID, *, now: Callable[[], datetime]) -> None:
    """Print one page as a test and say how it went. It takes a second or two: no transaction is open."""
    fault = letter_check.fault()
    with transaction() as db:
        if fault:
            canary.refused(db, canary_id, f"letter_{fault}", for_good=True)
        else:
            canary.arrived(db, canary_id, now=now())


def _look_for_canaries(post: Post, *, now: Callable[[], datetime]) -> None:
    """In the mailboxes that hold nothing for us but test messages; one that is away costs an alarm."""
    if not post.canary_mailboxes:
        return
    with reading() as db:
        waiting = canary.on_their_way(db, "email", now=now())
    for mailbox in post.canary_mailboxes if waiting else ():
        try:
            with mailbox:
                seen = [
                    i
                    for i in waiting
                    if mailbox.has(return_addresses.message_id(i.hex, post.domain))
                ]
        except MailboxUnreachable as error:
            log.alarm("canary_mailbox.unreachable", stage=error.stage)
            continue
        with transaction() as db:
            for canary_id in seen:
                canary.arrived(db, canary_id, now=now())


def _read_mailbox(
    post: Post, mailbox: Mailbox, *, keys: KeyRing, now: Callable[[], datetime]
) -> None:
    try:
        with mailbox:
            for mail in mailbox.unseen():
                take_in(mail.raw, post, keys=keys, now=now())
                mailbox.mark_seen(mail.uid)
    except MailboxUnreachable as error:
        log.alarm("mailbox.unreachable", stage=error.stage)


def take_in(raw: bytes, post: Post, *, keys: KeyRing, now: datetime) -> str:
    """Enter one mail found in the mailbox: `canary`, the delivery's new state, or empty."""
    token = return_addresses.token_of_message_id(
        str(message_from_bytes(raw).get("Message-ID", "")), post.domain
    )
    with transaction() as db:
        if token and len(token) == 32 and canary.arrived(db, UUID(hex=token), now=now):
            return "canary"
        report = read_report(raw, bounce_address=post.bounce_address, domain=post.domain)
        became = returns.apply(db, report, keys=keys, now=now)
    log.event("mail.returned", kind=str(report.kind), became=became)
    return became


def give_up(*, keys: KeyRing, now: datetime) -> int:
    """Give up what was first tried too long ago and go on by the next channel, so that a wave ends. How many.

    A few at a time: the rest has its turn with the next upkeep.
    """
    with reading() as db:
        overdue = db.execute(
            select(Delivery.id, Delivery.wave_id, Delivery.invitation_id)
            .join(Wave, Wave.id == Delivery.wave_id)
            .where(
                Wave.state == WaveState.RUNNING,
                Delivery.state == DeliveryState.QUEUED,
                Delivery.channel.in_(SENT_BY_WORKER),
                Delivery.first_attempt_at < now - PATIENCE,
            )
            .limit(AT_ONCE)
        ).all()
    if not overdue:
        return 0
    with transaction() as db:
        waves = {wave_id: wave_and_campaign(db, wave_id)[0] for _, wave_id, _ in overdue}
        for delivery_id, wave_id, invitation_id in overdue:
            given_up = db.execute(
                update(Delivery)
                .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.QUEUED)
                .values(state=DeliveryState.FAILED, reason="gave_up", settled_at=now)
                .execution_options(synchronize_session=False)
            )
            if rows_changed(given_up):
                returns.next_channel(db, waves[wave_id], invitation_id, keys=keys, now=now)
    return len(overdue)


def end_closed(db: Session, *, now: datetime) -> int:
    """Stop the waves of campaigns that take no more answers; thanks still go out. How many."""
    over = (
        select(Wave.id)
        .join(Campaign, Campaign.id == Wave.campaign_id)
        .where(
            Wave.state.in_(NOT_OVER),
            Wave.kind != "thanks",
            or_(
                Campaign.closes_at <= now,
                Campaign.state.not_in(TAKING_LISTS),
            ),
        )
    )
    ended = db.scalars(over).all()
    if not ended:
        return 0
    for wave_id in ended:
        db.execute(
            update(Delivery)
            .where(Delivery.wave_id == wave_id, Delivery.state == DeliveryState.QUEUED)
            .values(state=DeliveryState.SUPPRESSED, reason="closed", settled_at=now)
            .execution_options(synchronize_session=False)
        )
    db.execute(
        update(Wave).where(Wave.id.in_(ended)).values(state=WaveState.STOPPED, reason="closed")
    )
    return len(ended)


def wave_and_campaign(db: Session, wave_id: UUID) -> tuple[Wave, Campaign]:
    """A wave with its campaign."""
    row = db.execute(
        select(Wave, Campaign)
        .join(Campaign, Campaign.id == Wave.campaign_id)
        .where(Wave.id == wave_id)
    ).one()
    return row[0], row[1]


def failed_channels(
    db: Session, wave_id: UUID, invitation_ids: Sequence[UUID]
) -> dict[UUID, set[str]]:
    """By invitation, the channels that this wave has tried in vain."""
    rows = db.execute(
        select(Delivery.invitation_id, Delivery.channel).where(
            Delivery.wave_id == wave_id,
            Delivery.invitation_id.in_(invitation_ids),
            Delivery.state.in_(
                (DeliveryState.FAILED, DeliveryState.HARD_BOUNCE, DeliveryState.SOFT_BOUNCE)
            ),
        )
    )
    failed: dict[UUID, set[str]] = {}
    for invitation_id, channel in rows:
        failed.setdefault(invitation_id, set()).add(channel)
    return failed


def settle_recovered(
    db: Session, settled: Sequence[Settled], *, worker: str, now: datetime
) -> None:
    """Enter what a killed worker had handed over, campaign by campaign."""
    ids = {one.delivery_id for one in settled}
    rows = db.execute(select(Delivery.id, Delivery.campaign_id).where(Delivery.id.in_(ids)))
    campaign_of = {row.id: row.campaign_id for row in rows}
    for campaign_id in set(campaign_of.values()):
        of_it = [one for one in settled if campaign_of.get(one.delivery_id) == campaign_id]
        queue.settle(db, campaign_id, of_it, worker=worker, now=now)
