"""Sheets that a person told apart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheet_decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("page_id", sa.Text(), nullable=False),
        sa.Column("other_page_id", sa.Text(), nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["outcomes.page_id"], name=op.f("fk_sheet_decisions_page_id")),
        sa.ForeignKeyConstraint(
            ["other_page_id"], ["pages.id"], name=op.f("fk_sheet_decisions_other_page_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_decisions")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sheet_decisions_page_id"), "sheet_decisions", ["page_id"], unique=False)
    make_append_only()


def make_append_only() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER sheet_decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
            "ON sheet_decisions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER sheet_decisions_refuse_{verb.lower()} BEFORE {verb} ON sheet_decisions "
            "BEGIN SELECT RAISE(ABORT, 'sheet_decisions is append-only'); END"
        )


def downgrade() -> None:
    raise NotImplementedError("decisions are never thrown away; restore the backup instead")
