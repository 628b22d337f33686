"""The concrete readers, and what a reading process does with a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.domain.identity import Doctor
from pipeline.intake.limits import Limits
from pipeline.intake.sheets import ScanFile, open_scan
from pipeline.operations.pool import PageJob
from pipeline.process import PageRead, Readers, read_page


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """What a reading process is told: plain values, so that they travel to it."""

    handwriting_model: str
    limits: Limits
    doctors: tuple[Doctor, ...]
    window: tuple[date, date] | None


def make_readers(handwriting_model: str = "") -> Readers:
    """Build the two readers; models are loaded and checked against their manifest here.

    Raises:
        ToolMissing: Tesseract, its French data or the model is absent or not the right one.
    """
    from pipeline.reading.artefacts import DEFAULT_HANDWRITING, load_artefact, models_dir
    from pipeline.reading.handwriting import OnnxReader
    from pipeline.reading.printed import TesseractReader

    name = handwriting_model or DEFAULT_HANDWRITING
    folder = Path(name) if Path(name).is_absolute() else models_dir() / name
    return Readers(OnnxReader(load_artefact(folder), threads=1), TesseractReader(language="fra"))


def make_page_reader(plan: ReadingPlan) -> Callable[[PageJob], PageRead]:
    """Build what one reading process needs, once, and return what it does with a page."""
    import cv2

    from pipeline.matching.formulary import Formulary

    cv2.setNumThreads(1)
    readers = make_readers(plan.handwriting_model)
    index = Formulary.builtin()
    last: list[tuple[str, ScanFile]] = []

    def opened(job: PageJob) -> ScanFile:
        # Pages come in the order of their file: keeping the last file open saves reading it again.
        if not last or last[0][0] != job.scan.sha256:
            while last:
                last.pop()[1].close()
            data = job.path.read_bytes()
            last.append(
                (job.scan.sha256, open_scan(data, media_type=job.scan.media_type, limits=plan.limits))
            )
        return last[0][1]

    def read(job: PageJob) -> PageRead:
        return read_page(
            job.page,
            opened(job).pixels(job.page.number),
            readers=readers,
            index=index,
            doctors=plan.doctors,
            window=plan.window,
        )

    return read
