"""What people signed of appointments without paper and of papers without appointment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("appointment_id", sa.Text(), nullable=True),
        sa.Column("page_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("patient_id", sa.Text(), nullable=True),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_visit_decisions_appointment_id")
        ),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_visit_decisions_page_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_decisions")),
        sqlite_autoincrement=True,
    )
    for column in ("appointment_id", "page_id"):
        op.create_index(op.f(f"ix_visit_decisions_{column}"), "visit_decisions", [column], unique=False)
    make_append_only()


def make_append_only() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER visit_decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON visit_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER visit_decisions_refuse_{verb.lower()} BEFORE {verb} ON visit_decisions "
            "BEGIN SELECT RAISE(ABORT, 'visit_decisions is append-only'); END"
        )


def downgrade() -> None:
    raise NotImplementedError("decisions are never thrown away; restore the backup instead")
