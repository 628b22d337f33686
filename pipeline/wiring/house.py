"""The house: everything real, made from settings when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from pipeline import __version__
from pipeline.domain.drug import Drug
from pipeline.domain.meaning import Posology
from pipeline.domain.review import Proposal
from pipeline.intake.limits import Limits
from pipeline.intake.sheets import open_scan
from pipeline.operations.archive import Archive
from pipeline.operations.morning import Mail
from pipeline.operations.pool import PagePool
from pipeline.operations.receive import Receipt, receive
from pipeline.operations.retry import Retried, retry
from pipeline.operations.settle import Settler
from pipeline.operations.upload import laid_down
from pipeline.operations.work import Desk
from pipeline.process import propose_for
from pipeline.settings import Settings
from pipeline.storage.store import Store
from pipeline.wiring.checks import PracticeChecks
from pipeline.wiring.readers import NEEDED_TO_READ, ReadingPlan, check_readers, make_page_reader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.matching.formulary import Formulary


class House:
    """Everything real, made from settings when first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.archive = Archive(settings.data_dir / "scans")
        self._formulary: tuple[int, Formulary] | None = None
        self.checks = PracticeChecks(settings)

    @classmethod
    def open(cls, settings: Settings | None = None) -> House:
        """Open the house that the environment describes.

        Raises:
            RepriseError: a setting is not valid.
        """
        return cls(settings or Settings())

    @cached_property
    def store(self) -> Store:
        """The database, migrated."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        return Store.open(self.settings.url)

    @property
    def formulary(self) -> Formulary:
        """The built-in formulary, completed by the imported database; read again once that was replaced.

        Raises:
            BadFormulary: the imported file is damaged.
        """
        from pipeline.matching.formulary import Formulary

        path = self.settings.formulary_file
        stamp = path.stat().st_mtime_ns if path.is_file() else 0
        if self._formulary is None or self._formulary[0] != stamp:
            self._formulary = (stamp, Formulary.with_official(path))
        return self._formulary[1]

    @property
    def limits(self) -> Limits:
        """What a scan may cost."""
        settings = self.settings
        return Limits(
            max_file_bytes=settings.max_file_mb * 1_000_000,
            max_pages=settings.max_pages,
            max_pixels=int(settings.max_megapixels * 1_000_000),
        )

    @property
    def window(self) -> tuple[date, date] | None:
        """First and last day of the outage: as set, else the days of the imported agenda."""
        if self.settings.outage_from and self.settings.outage_to:
            return self.settings.outage_from, self.settings.outage_to
        agenda = self.store.registry.appointments()
        days = [appointment.start.date() for appointment in agenda if not appointment.cancelled]
        return (min(days), max(days)) if days else None

    @property
    def mail(self) -> Mail | None:
        """Where the morning's counts are mailed; None = nowhere."""
        settings = self.settings
        recipients = tuple(part.strip() for part in settings.smtp_to.split(",") if part.strip())
        if not settings.smtp_host or not recipients:
            return None
        return Mail(settings.smtp_host, settings.smtp_port, settings.smtp_from or recipients[0], recipients)

    def now(self) -> datetime:
        """UTC."""
        return datetime.now(UTC)

    def receive_paths(
        self,
        paths: Sequence[Path],
        *,
        sender: str,
        declared_sheets: int | None = None,
        progress: Callable[[], object] = lambda: None,
    ) -> Receipt:
        """Take files in as one batch."""
        return receive(
            paths,
            store=self.store,
            archive=self.archive,
            limits=self.limits,
            sender=sender,
            now=self.now(),
            declared_sheets=declared_sheets,
            progress=progress,
        )

    def receive(
        self, files: Sequence[tuple[str, BinaryIO]], sender: str, declared_sheets: int | None
    ) -> Receipt:
        """Take uploaded files in as one batch; the names are as delivered."""
        with laid_down(files, self.settings.data_dir) as paths:
            return self.receive_paths(paths, sender=sender, declared_sheets=declared_sheets)

    def retry(
        self,
        by: str,
        *,
        batch_id: str | None = None,
        page_id: str | None = None,
        scan_sha256: str | None = None,
    ) -> Retried:
        """Have what failed read again: all of it, or a batch's, a page's or a file's.

        Raises:
            KeyError: no such page.
        """
        failed = self.store.papers.kept_failures(batch_id, scan_sha256=scan_sha256)
        if page_id is not None:
            page = self.store.papers.page(page_id)
            if page is None:
                raise KeyError(page_id)
            place = (page.scan_sha256, page.number)
            failed = [kept for kept in failed if (kept[1].scan_sha256, kept[1].page_number) == place]
        return retry(
            failed, store=self.store, archive=self.archive, limits=self.limits, by=by, now=self.now()
        )

    def settler(self) -> Settler:
        """What finishes a page, with registry, agenda and records as they are now."""
        from pipeline.matching.patients import PatientIndex

        registry = self.store.registry
        records = registry.records()
        on_record = {
            patient_id: frozenset(medication.substance for medication in record.medications)
            for patient_id, record in records.items()
        }
        formulary = self.formulary
        return Settler(
            store=self.store,
            matcher=PatientIndex(registry.patients(), registry.appointments(), on_record),
            records=records,
            strengths_of=formulary.strengths_of,
            formulary=formulary.version,
            now=self.now,
            checks=self.checks(),
        )

    def desk(self, *, workers: int | None = None) -> Desk:
        """Everything that working through pages takes; close its pool afterwards.

        Raises:
            ToolMissing: a reader is not there; said here, before a page is claimed for it.
        """
        settings = self.settings
        check_readers(settings.handwriting_model)
        plan = ReadingPlan(
            settings.handwriting_model,
            self.limits,
            tuple(self.store.registry.doctors()),
            self.window,
            settings.formulary_file,
        )
        return Desk(
            store=self.store,
            archive=self.archive,
            pool=PagePool(
                partial(make_page_reader, plan),
                workers=workers or settings.workers,
                needs=NEEDED_TO_READ,
            ),
            settler=self.settler(),
            lease=timedelta(minutes=settings.lease_minutes),
            chunk_pages=settings.chunk_pages,
            now=self.now,
        )

    def scan_bytes(self, sha256: str) -> bytes:
        """Return a scan as it was received."""
        return self.archive.read(sha256)

    def page_image(self, page_id: str) -> NDArray[np.uint8]:
        """Return a page's pixels as delivered, gray (h, w) or RGB (h, w, 3).

        Raises:
            KeyError: no such page.
            BadScan: it cannot be decoded.
        """
        page = self.store.papers.page(page_id)
        scan = self.store.papers.scan(page.scan_sha256) if page else None
        if page is None or scan is None:
            raise KeyError(page_id)
        data = self.archive.read(scan.sha256)
        with open_scan(data, media_type=scan.media_type, limits=self.limits) as opened:
            return opened.pixels(page.number)

    def propose_again(
        self, page_id: str, patient_id: str | None, *, absent: bool = False
    ) -> tuple[Proposal, ...]:
        """Build a page's proposals for the patient that a person named; None = nobody is settled.

        Once a person said that the patient is absent from the registry, nobody is supposed either.

        Raises:
            KeyError: no such page, or it was not read yet.
        """
        outcome = self.store.papers.outcome(page_id)
        if outcome is None:
            raise KeyError(page_id)
        supposed_id = None if patient_id or absent else outcome.match.supposed_id
        whose = patient_id or supposed_id
        return propose_for(
            outcome,
            patient_id,
            self.store.registry.record(whose) if whose else None,
            strengths_of=self.formulary.strengths_of,
            formulary=self.formulary.version,
            supposed_id=supposed_id,
            checks=self.checks(),
        )

    def parse_posology(self, text: str) -> tuple[Posology, ...]:
        """Understand a posology that a person typed."""
        from pipeline.extraction.posology import parse_posology

        return parse_posology(text)

    def render(self, posologies: Sequence[Posology], language: str = "fr") -> str:
        """Say posologies as a sentence; the French one is what the record gets."""
        from pipeline.extraction.render import render

        return render(posologies, language)

    def find_drug(self, name: str) -> Drug | None:
        """Return the formulary's entry for a name typed in full."""
        found = self.formulary.lookup(name)
        return found[0] if found else None

    def drug_names(self, prefix: str) -> list[str]:
        """Return names in the formulary that start so, case and accents aside, at most 20."""
        return list(self.formulary.names_starting(prefix, limit=20))

    def strengths_of(
        self, substance: str, form: str | None = None, brand: str | None = None
    ) -> tuple[str, ...]:
        """Return the marketed strengths of a substance, or of one of its brands."""
        return self.formulary.strengths_of(substance, form, brand)

    def export(self, folder: Path | None = None) -> tuple[int, Path | None]:
        """Send out what doctors approved and what did not leave before."""
        from pipeline.operations.send import send

        return send(
            self.store,
            folder or self.settings.outbox_dir,
            software=f"Reprise {__version__}",
            outage=self.window,
            now=self.now(),
        )

    def close(self) -> None:
        """Close what was opened."""
        if "store" in self.__dict__:
            self.store.close()
