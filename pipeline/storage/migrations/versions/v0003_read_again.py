"""Failures that somebody had read again: who, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("failures", sa.Column("retried_by", sa.Text(), nullable=True))
    op.add_column("failures", sa.Column("retried_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("what was said is never thrown away; restore the backup instead")
