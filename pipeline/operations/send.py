"""Send out what doctors approved and what did not leave before: one transaction Bundle in the outbox."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from pipeline.domain.paper import Scan
from pipeline.export.bundle import ExportContext, bundle
from pipeline.export.outbox import write
from pipeline.storage.store import Store


def send(
    store: Store, folder: Path, *, software: str, outage: tuple[date, date] | None, now: datetime
) -> tuple[int, Path | None]:
    """Write the new approvals as one bundle; doing it again sends nothing.

    A crash between writing and noting it writes the same file again: the bundle's name comes from the
    decisions in it, and whoever takes it in creates conditionally.

    Returns:
        How many updates left, and the file; (0, None) where nothing is new.

    Raises:
        NotApproved: something got here without a doctor's decision.
    """
    approved = [item for item in store.review.approved() if not store.outbox.exported(item.decision.id)]
    if not approved:
        return 0, None
    people = store.registry.patients()
    context = ExportContext(
        software=software,
        scan_of=lambda page_id: scan_of(store, page_id),
        outage=outage,
        display_names={user.name: user.display_name for user in store.people.users()},
        rpps={doctor.name: doctor.rpps for doctor in store.registry.doctors()},
        ins={patient.patient_id: patient.ins for patient in people if patient.ins},
        ins_oid={patient.patient_id: patient.ins_oid for patient in people if patient.ins_oid},
    )
    content = bundle(approved, context)
    path = write(content, folder)
    store.outbox.record_export([item.decision.id for item in approved], path.stem, now)
    return len(approved), path


def scan_of(store: Store, page_id: str) -> Scan:
    """Return the scan that a page is in.

    Raises:
        KeyError: no such page.
    """
    page = store.papers.page(page_id)
    scan = store.papers.scan(page.scan_sha256) if page else None
    if scan is None:
        raise KeyError(page_id)
    return scan
