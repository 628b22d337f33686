"""The concrete readers, and what a reading process does with a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.domain.errors import ToolMissing
from pipeline.domain.identity import Doctor
from pipeline.intake.limits import Limits
from pipeline.intake.sheets import ScanFile, open_scan
from pipeline.operations.pool import PageJob
from pipeline.process import PageRead, Readers, read_page

if TYPE_CHECKING:
    from pipeline.reading.artefacts import Artefact


NEEDED_TO_READ = (
    "pipeline.wiring.readers",
    "pipeline.reading.handwriting",
    "pipeline.reading.printed",
    "pipeline.matching.formulary",
    "pipeline.matching.official.archive",
    "pipeline.matching.official.merge",
    "onnxruntime",
)
"""What every reading process imports: half of what it holds, so it is imported once for all of them."""


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """What a reading process is told: plain values, so that they travel to it."""

    handwriting_model: str
    limits: Limits
    doctors: tuple[Doctor, ...]
    window: tuple[date, date] | None
    formulary: Path | None = None


def check_readers(handwriting_model: str = "") -> None:
    """Make sure that both readers can be built, without the time and memory that building them takes.

    Raises:
        ToolMissing: Tesseract, its French data, the model or what runs it is absent or not the right one.
    """
    from pipeline.reading.printed import TesseractReader

    if find_spec("onnxruntime") is None:
        raise ToolMissing("onnxruntime is not installed")
    _handwriting(handwriting_model)
    TesseractReader(language="fra")


def make_readers(handwriting_model: str = "") -> Readers:
    """Build the two readers; models are loaded and checked against their manifest here.

    Raises:
        ToolMissing: Tesseract, its French data or the model is absent or not the right one.
    """
    from pipeline.reading.handwriting import OnnxReader
    from pipeline.reading.printed import TesseractReader

    return Readers(OnnxReader(_handwriting(handwriting_model), threads=1), TesseractReader(language="fra"))


def _handwriting(model: str) -> Artefact:
    """Return the chosen model, checked: a folder under models/ or a path; empty = the built-in choice."""
    from pipeline.reading.artefacts import DEFAULT_HANDWRITING, load_artefact, models_dir

    name = model or DEFAULT_HANDWRITING
    return load_artefact(Path(name) if Path(name).is_absolute() else models_dir() / name)


def make_page_reader(plan: ReadingPlan) -> Callable[[PageJob], PageRead]:
    """Build what one reading process needs, once, and return what it does with a page."""
    import cv2

    from pipeline.matching.formulary import Formulary

    cv2.setNumThreads(1)
    readers = make_readers(plan.handwriting_model)
    index = Formulary.with_official(plan.formulary) if plan.formulary else Formulary.builtin()
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
