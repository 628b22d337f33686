"""The tables: queryable facts as columns, whole nouns as JSON text or compressed JSON at the end of a row."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from pipeline.domain.identity import MatchAnswer
from pipeline.domain.paper import PageKind
from pipeline.domain.review import Role, Verb
from pipeline.storage.columns import Named, Serial, UtcDateTime

# The newest migration; `migrate` compares it before it loads Alembic, and a test compares it with Alembic's.
HEAD = "0005"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

batches = Table(
    "batches",
    metadata,
    Column("id", Text, primary_key=True),
    Column("sender", Text, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("declared_sheets", Integer),
)

scans = Table(
    "scans",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("batch_id", ForeignKey("batches.id"), nullable=False, index=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("scan_sha256", ForeignKey("scans.sha256"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("first", Boolean, nullable=False),
    UniqueConstraint("batch_id", "scan_sha256", "name"),
)

pages = Table(
    "pages",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("scan_sha256", ForeignKey("scans.sha256"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("dpi", Integer, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_until", UtcDateTime),
    UniqueConstraint("scan_sha256", "number"),
)

failures = Table(
    "failures",
    metadata,
    Column("id", Serial, primary_key=True),
    # A digest of the columns below: NULL is never equal to NULL in a unique key.
    Column("key", Text, nullable=False, unique=True),
    Column("stage", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("message_en", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("batch_id", ForeignKey("batches.id"), nullable=False, index=True),
    Column("scan_sha256", ForeignKey("scans.sha256")),
    Column("page_number", Integer),
    Column("retried_by", Text),
    Column("retried_at", UtcDateTime),
    Index(None, "scan_sha256", "page_number"),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("page_id", ForeignKey("pages.id"), primary_key=True),
    Column("kind", Named(PageKind), nullable=False),
    Column("blank", Boolean, nullable=False),
    Column("written_on", Date),
    Column("prescriber", Text),
    Column("answer", Named(MatchAnswer), nullable=False),
    Column("patient_id", Text),
    Column("duplicate_of", ForeignKey("pages.id"), index=True),
    Column("saved_at", UtcDateTime, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("match", Text, nullable=False),
    Column("seconds", Text, nullable=False),
    Column("understanding", Text, nullable=False),
    Column("layout", LargeBinary, nullable=False),
    Column("transcript", LargeBinary, nullable=False),
)

proposals = Table(
    "proposals",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("page_id", ForeignKey("outcomes.page_id"), nullable=False),
    Column("patient_id", Text),
    Column("position", Integer, nullable=False),
    # 0 = high ... 2 = low, so that the worst is the minimum; NULL = no flag.
    Column("worst", Integer),
    Column("proposal", Text, nullable=False),
    Index("ix_proposals_page_id_patient_id_worst", "page_id", "patient_id", "worst"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("proposal_id", ForeignKey("proposals.id"), nullable=False, index=True),
    Column("verb", Named(Verb), nullable=False),
    Column("by_user", Text, nullable=False),
    Column("role", Named(Role), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("reason", Text),
    Column("amended", Text),
    sqlite_autoincrement=True,
)

identity_decisions = Table(
    "identity_decisions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("page_id", ForeignKey("outcomes.page_id"), nullable=False, index=True),
    Column("patient_id", Text),
    Column("by_user", Text, nullable=False),
    Column("role", Named(Role), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("undo", Boolean, nullable=False),
    Column("reason", Text),
    sqlite_autoincrement=True,
)

sheet_decisions = Table(
    "sheet_decisions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("page_id", ForeignKey("outcomes.page_id"), nullable=False, index=True),
    Column("other_page_id", ForeignKey("pages.id"), nullable=False),
    Column("by_user", Text, nullable=False),
    Column("role", Named(Role), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("undo", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

visit_decisions = Table(
    "visit_decisions",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("appointment_id", ForeignKey("appointments.id"), index=True),
    Column("page_id", ForeignKey("pages.id"), index=True),
    Column("reason", Text),
    Column("note", Text),
    Column("patient_id", Text),
    Column("by_user", Text, nullable=False),
    Column("role", Named(Role), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("undo", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

patients = Table(
    "patients",
    metadata,
    Column("id", Text, primary_key=True),
    Column("birth_date", Date, index=True),
    # Folded words, each after a blank: " dupont martin marie".
    Column("words", Text, nullable=False),
    Column("payload", Text, nullable=False),
)

patient_imports = Table(
    "patient_imports",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("added", Integer, nullable=False),
    Column("updated", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    sqlite_autoincrement=True,
)

# Who somebody was until an import said otherwise.
former_patients = Table(
    "former_patients",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("patient_id", ForeignKey("patients.id"), nullable=False, index=True),
    Column("import_id", ForeignKey("patient_imports.id"), nullable=False),
    Column("payload", Text, nullable=False),
    sqlite_autoincrement=True,
)

taught_headings = Table(
    "taught_headings",
    metadata,
    # Kind and the heading as it is compared.
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

doctors = Table(
    "doctors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payload", Text, nullable=False),
)

appointments = Table(
    "appointments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payload", Text, nullable=False),
)

records = Table(
    "records",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payload", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("role", Named(Role), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("doctor", Text),
    Column("must_change", Boolean, nullable=False),
    Column("language", Text, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_name", ForeignKey("users.name"), nullable=False, index=True),
    Column("expires", UtcDateTime, nullable=False),
)

exports = Table(
    "exports",
    metadata,
    Column("decision_id", ForeignKey("decisions.id"), primary_key=True),
    Column("bundle_id", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("kind", Text, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("counts", Text, nullable=False),
)
