"""Initial tables"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "attempt_window",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("successes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "starts_at", name=op.f("pk_attempt_window")),
    )
    with op.batch_alter_table("attempt_window", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_window_starts_at", ["starts_at"], unique=False)

    op.create_table(
        "audit_entry",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("campaign_code", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            "ix_audit_entry_campaign_code_unit_code", ["campaign_code", "unit_code"], unique=False
        )

    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title_vi", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("custody", sa.String(), nullable=False),
        sa.Column("lists_due", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("pack_sha256", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("box_public_key", sa.LargeBinary(), nullable=True),
        sa.Column("box_fingerprint", sa.String(), nullable=True),
        sa.Column("people_erased_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "custody = 'offline' or not official", name=op.f("ck_campaign_official_custody")
        ),
        sa.CheckConstraint("custody in ('server','offline')", name=op.f("ck_campaign_custody")),
        sa.CheckConstraint(
            "state in ('preparing','open','closed','opened','released')",
            name=op.f("ck_campaign_state"),
        ),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_campaign_window")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )
    op.create_table(
        "canary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("gateway_id", sa.String(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("channel in ('email','sms','letter')", name=op.f("ck_canary_channel")),
        sa.CheckConstraint(
            "state in ('trying','sent','arrived','missed','refused')", name=op.f("ck_canary_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canary")),
    )
    with op.batch_alter_table("canary", schema=None) as batch_op:
        batch_op.create_index("ix_canary_channel_sent_at", ["channel", "sent_at"], unique=False)

    op.create_table(
        "channel_rest",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_rest")),
    )
    op.create_table(
        "dead_address",
        sa.Column("address_tag", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason in ('hard_bounce','complaint','wrong_number')",
            name=op.f("ck_dead_address_reason"),
        ),
        sa.PrimaryKeyConstraint("address_tag", name=op.f("pk_dead_address")),
    )
    op.create_table(
        "form_day",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("supplying_unit_id", sa.Integer(), nullable=False),
        sa.Column("rated_unit_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "campaign_id",
            "supplying_unit_id",
            "rated_unit_id",
            "group_id",
            "department_id",
            "day",
            name=op.f("pk_form_day"),
        ),
    )
    op.create_table(
        "handoff",
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_code", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_handoff")),
    )
    with op.batch_alter_table("handoff", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handoff_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "kept_count",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("cut", sa.String(), nullable=False),
        sa.Column("supplying_unit_id", sa.Integer(), nullable=False),
        sa.Column("rated_unit_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "cut in ('group','supplying','rated','department','channel','cell')",
            name=op.f("ck_kept_count_cut"),
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id",
            "cut",
            "supplying_unit_id",
            "rated_unit_id",
            "group_id",
            "department_id",
            "channel",
            "disposition",
            name=op.f("pk_kept_count"),
        ),
    )
    op.create_table(
        "kept_day",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("cut", sa.String(), nullable=False),
        sa.Column("supplying_unit_id", sa.Integer(), nullable=False),
        sa.Column("rated_unit_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "cut in ('group','supplying','rated','department','channel','cell')",
            name=op.f("ck_kept_day_cut"),
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id",
            "cut",
            "supplying_unit_id",
            "rated_unit_id",
            "group_id",
            "department_id",
            "channel",
            "day",
            "disposition",
            name=op.f("pk_kept_day"),
        ),
    )
    with op.batch_alter_table("kept_day", schema=None) as batch_op:
        batch_op.create_index(
            "ix_kept_day_campaign_id_cut_day", ["campaign_id", "cut", "day"], unique=False
        )

    op.create_table(
        "kept_mark",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_kept_mark")),
    )
    op.create_table(
        "plan_day",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.CheckConstraint("side in ('supplying','rated')", name=op.f("ck_plan_day_side")),
        sa.PrimaryKeyConstraint(
            "campaign_id", "side", "unit_id", "group_id", "day", name=op.f("pk_plan_day")
        ),
    )
    op.create_table(
        "receipt",
        sa.Column("tag", sa.LargeBinary(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(tag) = 16", name=op.f("ck_receipt_tag")),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_receipt")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.CheckConstraint("level in ('ministry','province')", name=op.f("ck_remark_level")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_remark_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "response",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("instrument_code", sa.String(), nullable=False),
        sa.Column("instrument_version", sa.String(), nullable=False),
        sa.Column("rated_unit_code", sa.String(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("quality", sa.JSON(), nullable=False),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_response_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sealed_ballot",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(ciphertext) = 5232", name=op.f("ck_sealed_ballot_ciphertext")),
        sa.CheckConstraint("length(id) = 16", name=op.f("ck_sealed_ballot_id")),
        sa.CheckConstraint("length(mac) = 32", name=op.f("ck_sealed_ballot_mac")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "snapshot_day",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("final", sa.Double(), nullable=True),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "day", name=op.f("pk_snapshot_day")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("username", name=op.f("uq_staff_username")),
    )
    op.create_table(
        "worker_sign",
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("worker", name=op.f("pk_worker_sign")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.CheckConstraint("scope in ('figures','releases')", name=op.f("ck_api_token_scope")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_api_token_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_api_token_token_sha256")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "box_opening",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("custody", sa.String(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("exception", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_box_opening_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_box_opening")),
    )
    op.create_table(
        "call_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_call_shift_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_shift")),
    )
    with op.batch_alter_table("call_shift", schema=None) as batch_op:
        batch_op.create_index(
            "ix_call_shift_campaign_id_operator", ["campaign_id", "operator"], unique=False
        )

    op.create_table(
        "cleaning_version",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_cleaning_version_reason")),
        sa.CheckConstraint("number > 0", name=op.f("ck_cleaning_version_number")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_cleaning_version_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("pk_cleaning_version")),
    )
    op.create_table(
        "count_delta",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("supplying_unit_id", sa.Integer(), nullable=False),
        sa.Column("rated_unit_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_count_delta_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count_delta")),
    )
    with op.batch_alter_table("count_delta", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_count_delta_campaign_id"), ["campaign_id"], unique=False
        )

    op.create_table(
        "instrument",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_instrument_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument")),
        sa.UniqueConstraint(
            "campaign_id", "code", "version", name=op.f("uq_instrument_campaign_id_code_version")
        ),
    )
    op.create_table(
        "list_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("supplier", sa.String(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("required", sa.JSON(), nullable=False),
        sa.Column("optional", sa.JSON(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_list_kind_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_kind")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_list_kind_campaign_id_code")),
    )
    op.create_table(
        "message_words",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sms", sa.String(), nullable=False),
        sa.Column("edited_by", sa.String(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_message_words_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "kind", "language", name=op.f("pk_message_words")),
    )
    op.create_table(
        "questionnaire_approval",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_questionnaire_approval_number")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_questionnaire_approval_campaign_id")
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id", "code", "number", name=op.f("pk_questionnaire_approval")
        ),
    )
    op.create_table(
        "release",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("built_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("built_by", sa.String(), nullable=False),
        sa.Column("manifest_sha256", sa.String(), nullable=False),
        sa.Column("response_count", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_release_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("pk_release")),
    )
    op.create_table(
        "release_rehearsal",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("peak_kib", sa.Integer(), nullable=True),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.CheckConstraint(
            "outcome in ('running','good','faulty','failed')",
            name=op.f("ck_release_rehearsal_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_release_rehearsal_campaign_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "started_at", name=op.f("pk_release_rehearsal")),
    )
    op.create_table(
        "report_subscriber",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_for", sa.Date(), nullable=True),
        sa.CheckConstraint("language in ('vi','en')", name=op.f("ck_report_subscriber_language")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_report_subscriber_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_subscriber")),
        sa.UniqueConstraint(
            "campaign_id", "email", name=op.f("uq_report_subscriber_campaign_id_email")
        ),
    )
    op.create_table(
        "retired_tag",
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("reason in ('replaced')", name=op.f("ck_retired_tag_reason")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_retired_tag_campaign_id")
        ),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_retired_tag")),
    )
    op.create_table(
        "staff_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_code", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(role = 'coordinator') = (unit_code <> '')", name=op.f("ck_staff_grant_unit")
        ),
        sa.CheckConstraint(
            "role in ('operator','viewer','auditor','coordinator')",
            name=op.f("ck_staff_grant_role"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_grant_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_grant")),
        sa.UniqueConstraint(
            "staff_id",
            "campaign_code",
            "role",
            "unit_code",
            name=op.f("uq_staff_grant_staff_id_campaign_code_role_unit_code"),
        ),
    )
    op.create_table(
        "staff_session",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id")),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_staff_session")),
    )
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_session_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("ranked", sa.Boolean(), nullable=False),
        sa.Column("region_vi", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('ministry','province')", name=op.f("ck_unit_kind")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_unit_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_unit_campaign_id_code")),
    )
    op.create_table(
        "wave",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spread", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("per_minute", sa.Integer(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("per_domain", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("filled_to", sa.Uuid(), nullable=True),
        sa.Column("is_filled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("language in ('vi','en')", name=op.f("ck_wave_language")),
        sa.CheckConstraint(
            "state in ('draft','testing','running','paused','stopped','done')",
            name=op.f("ck_wave_state"),
        ),
        sa.CheckConstraint(
            "per_minute > 0 and per_day > 0 and per_domain > 0", name=op.f("ck_wave_limits")
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_wave_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
    )
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wave_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("rated_unit_id", sa.Integer(), nullable=True),
        sa.Column("rates_province", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_department_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["rated_unit_id"], ["unit.id"], name=op.f("fk_department_rated_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("campaign_id", "code", name=op.f("uq_department_campaign_id_code")),
    )
    op.create_table(
        "desk_address",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_desk_address_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_desk_address")),
    )
    op.create_table(
        "desk_reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state in ('queued','handed_over','failed')", name=op.f("ck_desk_reminder_state")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_desk_reminder_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_reminder")),
    )
    with op.batch_alter_table("desk_reminder", schema=None) as batch_op:
        batch_op.create_index("ix_desk_reminder_unit_id", ["unit_id"], unique=False)

    op.create_table(
        "expected_list",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["list_kind.id"], name=op.f("fk_expected_list_kind_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_expected_list_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "kind_id", name=op.f("pk_expected_list")),
    )
    op.create_table(
        "headcount",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("declared", sa.Integer(), nullable=False),
        sa.Column("declared_by", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("declared >= 0", name=op.f("ck_headcount_declared")),
        sa.ForeignKeyConstraint(["kind_id"], ["list_kind.id"], name=op.f("fk_headcount_kind_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_headcount_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "kind_id", name=op.f("pk_headcount")),
    )
    op.create_table(
        "letter_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_letter_batch_unit_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_letter_batch_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    with op.batch_alter_table("letter_batch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_letter_batch_wave_id"), ["wave_id"], unique=False)

    op.create_table(
        "list_deadline",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_list_deadline_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_list_deadline")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("workplace", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("state in ('active','removed')", name=op.f("ck_person_state")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_person_campaign_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_person_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index("ix_person_unit_id_name_key", ["unit_id", "name_key"], unique=False)

    op.create_table(
        "respondent_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("rates", sa.String(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "level in ('ministry','province')", name=op.f("ck_respondent_group_level")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_respondent_group_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_respondent_group_instrument_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondent_group")),
        sa.UniqueConstraint(
            "campaign_id", "code", name=op.f("uq_respondent_group_campaign_id_code")
        ),
    )
    op.create_table(
        "respondent_list",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_sha256", sa.String(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("understanding", sa.JSON(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("left_out_count", sa.Integer(), nullable=False),
        sa.Column("must_count", sa.Integer(), nullable=False),
        sa.Column("check_count", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=True),
        sa.Column("staged_by", sa.String(), nullable=False),
        sa.Column("staged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_by", sa.String(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("hold_note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state in ('staged','accepted','approved','returned','withdrawn','superseded')",
            name=op.f("ck_respondent_list_state"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_respondent_list_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["list_kind.id"], name=op.f("fk_respondent_list_kind_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_respondent_list_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_respondent_list")),
        sa.UniqueConstraint(
            "unit_id", "kind_id", "version", name=op.f("uq_respondent_list_unit_id_kind_id_version")
        ),
    )
    with op.batch_alter_table("respondent_list", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_respondent_list_campaign_id"), ["campaign_id"], unique=False
        )

    op.create_table(
        "skipped_count",
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_skipped_count_unit_id")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_skipped_count_wave_id")),
        sa.PrimaryKeyConstraint("wave_id", "unit_id", "reason", name=op.f("pk_skipped_count")),
    )
    op.create_table(
        "unit_hold",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_unit_hold_campaign_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_hold_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_unit_hold")),
    )
    with op.batch_alter_table("unit_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_hold_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "contact_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address_tag", sa.LargeBinary(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_contact_request_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_contact_request_person_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_contact_request_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_request")),
        sa.UniqueConstraint(
            "person_id", "address_tag", name=op.f("uq_contact_request_person_id_address_tag")
        ),
    )
    with op.batch_alter_table("contact_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_request_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tag", sa.LargeBinary(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("issue_number", sa.Integer(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('active','revoked','lapsed')", name=op.f("ck_invitation_state")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_invitation_campaign_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("person_id", name=op.f("uq_invitation_person_id")),
        sa.UniqueConstraint("tag", name=op.f("uq_invitation_tag")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitation_campaign_id"), ["campaign_id"], unique=False
        )

    op.create_table(
        "list_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("proposal", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "severity in ('must','check','note')", name=op.f("ck_list_finding_severity")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["respondent_list.id"], name=op.f("fk_list_finding_list_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_finding")),
    )
    with op.batch_alter_table("list_finding", schema=None) as batch_op:
        batch_op.create_index("ix_list_finding_list_id_line", ["list_id", "line"], unique=False)

    op.create_table(
        "list_forms",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("rated_unit_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"], ["respondent_list.id"], name=op.f("fk_list_forms_list_id")
        ),
        sa.PrimaryKeyConstraint(
            "list_id", "group_id", "rated_unit_id", "department_id", name=op.f("pk_list_forms")
        ),
    )
    op.create_table(
        "list_line",
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("mends", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_list_line_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["respondent_list.id"], name=op.f("fk_list_line_list_id")
        ),
        sa.PrimaryKeyConstraint("list_id", "line", name=op.f("pk_list_line")),
    )
    with op.batch_alter_table("list_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_list_line_name_key"), ["name_key"], unique=False)

    op.create_table(
        "person_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("association", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("state in ('active','removed')", name=op.f("ck_person_entry_state")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_person_entry_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["list_kind.id"], name=op.f("fk_person_entry_kind_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["respondent_list.id"], name=op.f("fk_person_entry_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_entry_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_entry")),
        sa.UniqueConstraint(
            "person_id",
            "kind_id",
            "department_id",
            name=op.f("uq_person_entry_person_id_kind_id_department_id"),
        ),
    )
    with op.batch_alter_table("person_entry", schema=None) as batch_op:
        batch_op.create_index("ix_person_entry_list_id", ["list_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_entry_person_id"), ["person_id"], unique=False)

    op.create_table(
        "received_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("table", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("understanding", sa.JSON(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("refusal", sa.JSON(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=True),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('working','understood','unclear','refused','stopped','stored')",
            name=op.f("ck_received_file_state"),
        ),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["list_kind.id"], name=op.f("fk_received_file_kind_id")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["respondent_list.id"], name=op.f("fk_received_file_list_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_received_file_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_file")),
    )
    with op.batch_alter_table("received_file", schema=None) as batch_op:
        batch_op.create_index(
            "ix_received_file_unit_id_kind_id", ["unit_id", "kind_id"], unique=False
        )

    op.create_table(
        "sample_plan",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("planned", sa.Integer(), nullable=False),
        sa.CheckConstraint("side in ('supplying','rated')", name=op.f("ck_sample_plan_side")),
        sa.CheckConstraint("planned >= 0", name=op.f("ck_sample_plan_planned")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["respondent_group.id"], name=op.f("fk_sample_plan_group_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_sample_plan_unit_id")),
        sa.PrimaryKeyConstraint("group_id", "side", "unit_id", name=op.f("pk_sample_plan")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("instrument_id", sa.Integer(), nullable=False),
        sa.Column("supplying_unit_id", sa.Integer(), nullable=False),
        sa.Column("rated_unit_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("second_form", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("disposition", sa.String(), nullable=False),
        sa.Column("progress", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(state = 'revoked') = (disposition in ('removed','duplicate'))",
            name=op.f("ck_assignment_revoked_disposition"),
        ),
        sa.CheckConstraint(
            "(state = 'submitted') = (disposition in ('complete','partial','break_off_submitted'))",
            name=op.f("ck_assignment_submitted_disposition"),
        ),
        sa.CheckConstraint(
            "(state = 'submitted') = (submitted_on is not null)",
            name=op.f("ck_assignment_submitted"),
        ),
        sa.CheckConstraint(
            "channel in ('none','file','email','sms','letter')", name=op.f("ck_assignment_channel")
        ),
        sa.CheckConstraint(
            "progress in ('none','some','half','most','all')", name=op.f("ck_assignment_progress")
        ),
        sa.CheckConstraint(
            "state in ('active','submitted','revoked')", name=op.f("ck_assignment_state")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_assignment_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_assignment_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["respondent_group.id"], name=op.f("fk_assignment_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_assignment_instrument_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_assignment_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["rated_unit_id"], ["unit.id"], name=op.f("fk_assignment_rated_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplying_unit_id"], ["unit.id"], name=op.f("fk_assignment_supplying_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "invitation_id",
            "group_id",
            "rated_unit_id",
            name=op.f("uq_assignment_invitation_id_group_id_rated_unit_id"),
        ),
        sa.UniqueConstraint(
            "invitation_id", "number", name=op.f("uq_assignment_invitation_id_number")
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_assignment_campaign_id_state", ["campaign_id", "state"], unique=False
        )
        batch_op.create_index(
            "uq_assignment_one_form_per_rated_unit",
            ["invitation_id", "rated_unit_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'revoked' and not second_form"),
            postgresql_where=sa.text("state <> 'revoked' and not second_form"),
        )

    op.create_table(
        "call_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(result = 'unavailable') = (away_until is not null)", name=op.f("ck_call_attempt_away")
        ),
        sa.CheckConstraint(
            "result in ('no_answer','busy','wrong_number','unavailable','reminded','answered','new_link','moved','refused')",
            name=op.f("ck_call_attempt_result"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_call_attempt_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_call_attempt_invitation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_attempt")),
    )
    with op.batch_alter_table("call_attempt", schema=None) as batch_op:
        batch_op.create_index(
            "ix_call_attempt_campaign_id_result", ["campaign_id", "result"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_call_attempt_invitation_id"), ["invitation_id"], unique=False
        )

    op.create_table(
        "call_hold",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("for_good", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_call_hold_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_call_hold_invitation_id")
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_call_hold")),
    )
    with op.batch_alter_table("call_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_hold_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "call_lease",
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("operator", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_call_lease_invitation_id")
        ),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_call_lease")),
    )
    op.create_table(
        "declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('not_me','moved','wrong_group','decline')", name=op.f("ck_declaration_kind")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_declaration_invitation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration")),
    )
    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_declaration_invitation_id"), ["invitation_id"], unique=False
        )

    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_by", sa.String(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("address_tag", sa.LargeBinary(), nullable=True),
        sa.Column("gateway_id", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(state = 'leased') = (leased_by <> '')", name=op.f("ck_delivery_leased")
        ),
        sa.CheckConstraint("channel in ('email','sms','letter')", name=op.f("ck_delivery_channel")),
        sa.CheckConstraint(
            "state in ('queued','leased','handed_over','delivered','soft_bounce','hard_bounce','suppressed','failed')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_delivery_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_delivery_invitation_id")
        ),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_delivery_wave_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "wave_id",
            "invitation_id",
            "channel",
            name=op.f("uq_delivery_wave_id_invitation_id_channel"),
        ),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(
            "ix_delivery_attempted_at",
            ["attempted_at", "channel", "wave_id", "domain"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_delivery_campaign_id"), ["campaign_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_gateway_id"), ["gateway_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_delivery_invitation_id"), ["invitation_id"], unique=False
        )
        batch_op.create_index(
            "ix_delivery_wave_id_state_not_before", ["wave_id", "state", "not_before"], unique=False
        )

    op.create_table(
        "assignment_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_assignment_event_assignment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_event")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("assignment_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assignment_event_assignment_id"), ["assignment_id"], unique=False
        )

    op.create_table(
        "draft",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("revision > 0", name=op.f("ck_draft_revision")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_draft_assignment_id")
        ),
        sa.PrimaryKeyConstraint("assignment_id", name=op.f("pk_draft")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("draft")
    with op.batch_alter_table("assignment_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_event_assignment_id"))

    op.drop_table("assignment_event")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_delivery_wave_id_state_not_before")
        batch_op.drop_index(batch_op.f("ix_delivery_invitation_id"))
        batch_op.drop_index(batch_op.f("ix_delivery_gateway_id"))
        batch_op.drop_index(batch_op.f("ix_delivery_campaign_id"))
        batch_op.drop_index("ix_delivery_attempted_at")

    op.drop_table("delivery")
    with op.batch_alter_table("declaration", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_declaration_invitation_id"))

    op.drop_table("declaration")
    op.drop_table("call_lease")
    with op.batch_alter_table("call_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_hold_campaign_id"))

    op.drop_table("call_hold")
    with op.batch_alter_table("call_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_attempt_invitation_id"))
        batch_op.drop_index("ix_call_attempt_campaign_id_result")

    op.drop_table("call_attempt")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assignment_one_form_per_rated_unit",
            sqlite_where=sa.text("state <> 'revoked' and not second_form"),
            postgresql_where=sa.text("state <> 'revoked' and not second_form"),
        )
        batch_op.drop_index("ix_assignment_campaign_id_state")

    op.drop_table("assignment")
    op.drop_table("sample_plan")
    with op.batch_alter_table("received_file", schema=None) as batch_op:
        batch_op.drop_index("ix_received_file_unit_id_kind_id")

    op.drop_table("received_file")
    with op.batch_alter_table("person_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_entry_person_id"))
        batch_op.drop_index("ix_person_entry_list_id")

    op.drop_table("person_entry")
    with op.batch_alter_table("list_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_list_line_name_key"))

    op.drop_table("list_line")
    op.drop_table("list_forms")
    with op.batch_alter_table("list_finding", schema=None) as batch_op:
        batch_op.drop_index("ix_list_finding_list_id_line")

    op.drop_table("list_finding")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_campaign_id"))

    op.drop_table("invitation")
    with op.batch_alter_table("contact_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_request_unit_id"))

    op.drop_table("contact_request")
    with op.batch_alter_table("unit_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_hold_campaign_id"))

    op.drop_table("unit_hold")
    op.drop_table("skipped_count")
    with op.batch_alter_table("respondent_list", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_respondent_list_campaign_id"))

    op.drop_table("respondent_list")
    op.drop_table("respondent_group")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_unit_id_name_key")
        batch_op.drop_index(batch_op.f("ix_person_campaign_id"))

    op.drop_table("person")
    op.drop_table("list_deadline")
    with op.batch_alter_table("letter_batch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_letter_batch_wave_id"))

    op.drop_table("letter_batch")
    op.drop_table("headcount")
    op.drop_table("expected_list")
    with op.batch_alter_table("desk_reminder", schema=None) as batch_op:
        batch_op.drop_index("ix_desk_reminder_unit_id")

    op.drop_table("desk_reminder")
    op.drop_table("desk_address")
    op.drop_table("department")
    with op.batch_alter_table("wave", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wave_campaign_id"))

    op.drop_table("wave")
    op.drop_table("unit")
    with op.batch_alter_table("staff_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_session_staff_id"))

    op.drop_table("staff_session")
    op.drop_table("staff_grant")
    op.drop_table("retired_tag")
    op.drop_table("report_subscriber")
    op.drop_table("release_rehearsal")
    op.drop_table("release")
    op.drop_table("questionnaire_approval")
    op.drop_table("message_words")
    op.drop_table("list_kind")
    op.drop_table("instrument")
    with op.batch_alter_table("count_delta", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_count_delta_campaign_id"))

    op.drop_table("count_delta")
    op.drop_table("cleaning_version")
    with op.batch_alter_table("call_shift", schema=None) as batch_op:
        batch_op.drop_index("ix_call_shift_campaign_id_operator")

    op.drop_table("call_shift")
    op.drop_table("box_opening")
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_token_campaign_id"))

    op.drop_table("api_token")
    op.drop_table("worker_sign")
    op.drop_table("staff")
    op.drop_table("snapshot_day")
    op.drop_table("sealed_ballot")
    op.drop_table("response")
    op.drop_table("remark")
    op.drop_table("receipt")
    op.drop_table("plan_day")
    op.drop_table("kept_mark")
    with op.batch_alter_table("kept_day", schema=None) as batch_op:
        batch_op.drop_index("ix_kept_day_campaign_id_cut_day")

    op.drop_table("kept_day")
    op.drop_table("kept_count")
    with op.batch_alter_table("handoff", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handoff_expires_at"))

    op.drop_table("handoff")
    op.drop_table("form_day")
    op.drop_table("dead_address")
    op.drop_table("channel_rest")
    with op.batch_alter_table("canary", schema=None) as batch_op:
        batch_op.drop_index("ix_canary_channel_sent_at")

    op.drop_table("canary")
    op.drop_table("campaign")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entry_campaign_code_unit_code")

    op.drop_table("audit_entry")
    with op.batch_alter_table("attempt_window", schema=None) as batch_op:
        batch_op.drop_index("ix_attempt_window_starts_at")

    op.drop_table("attempt_window")
