"""The road, pure: a page's pixels in at the left, proposals out at the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from math import ceil, exp
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time
from typing import TYPE_CHECKING, Protocol

from pipeline.domain.grade import Grade
from pipeline.domain.identity import Doctor, PatientMatch, Traits
from pipeline.domain.meaning import Understanding
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Layout, Line, Page, Stroke, Struck
from pipeline.domain.record import PatientRecord
from pipeline.domain.review import Proposal, Provenance
from pipeline.domain.writing import Reading, ReadLine, Transcript
from pipeline.extraction.understand import understand
from pipeline.image.crops import cut_lines
from pipeline.image.layout import see
from pipeline.image.struck import struck_spans, without
from pipeline.ink import unpack
from pipeline.proposing.checks import BUILT_IN, Checks
from pipeline.proposing.propose import propose
from pipeline.reading.once import ReadOnce

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.domain.drug import DrugIndex
    from pipeline.reading.reader import Reader

# Tesseract's mean word confidence: on clean letterheads above, on handwriting far below.
SURE_PRINT = 0.85
# Reading confidence of a page's longest lines: a page that reads worse is tried the other ways round.
LEGIBLE = 0.9
CLEARLY = 0.05
LINES_TRIED = 4
# A signature that reads this surely, with so many letters or a digit, was writing after all: of 70 drawn
# signatures one does, with the stamp under it.
READS_AS_WRITING = (0.6, 5)
# Most that a line counts as read where a word of it is or may be crossed out: a person looks.
DOUBTFUL = 0.5

StrengthsOf = Callable[[str, str | None, str | None], tuple[str, ...]]


class Matcher(Protocol):
    """Answers whose paper it is; `pipeline.matching.patients.PatientIndex` is one."""

    def match(
        self,
        traits: Traits,
        *,
        written_on: date | None,
        prescriber: str | None,
        transcript: Transcript | None = None,
        substances: frozenset[str] = frozenset(),
    ) -> PatientMatch:
        """Return match, ask or none with the candidates."""
        ...


@dataclass(frozen=True, slots=True)
class Readers:
    """The two readers a page needs."""

    handwriting: Reader
    printed: Reader


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page as far as it can be taken without registry and record: seen, read and understood.

    Attributes:
        seconds: CPU seconds by stage, Tesseract's included.
    """

    page: Page
    layout: Layout
    transcript: Transcript
    understanding: Understanding
    seconds: Mapping[str, float] = field(default_factory=dict)


def read_page(
    page: Page,
    pixels: NDArray[np.uint8],
    *,
    readers: Readers,
    index: DrugIndex,
    doctors: Sequence[Doctor],
    window: tuple[date, date] | None,
) -> PageRead:
    """See, read and understand one page.

    Args:
        page: which one.
        pixels: as delivered; gray (h, w) or RGB (h, w, 3), 0 = ink.
        readers: for handwriting and for print.
        index: the formulary.
        doctors: who may have prescribed.
        window: first and last day of the outage, to complete a date without a year.
    """
    clock = cpu_seconds()
    layout, flat = see(page, pixels)
    seen = cpu_seconds()
    # The lines that tell which way up the page lies are among those that are read afterwards.
    readers = Readers(ReadOnce(readers.handwriting), readers.printed)
    layout, flat = legible_way(page, pixels, layout, flat, reader=readers.handwriting)
    transcript = read_lines(layout.lines, flat, readers=readers)
    read = cpu_seconds()
    understanding = understand(transcript, layout=layout, index=index, doctors=doctors, window=window)
    done = cpu_seconds()
    seconds = {"image": seen - clock, "reading": read - seen, "understanding": done - read}
    return PageRead(page, layout, transcript, understanding, seconds)


def cpu_seconds() -> float:
    """Return what this process and the programs that it ran and waited for have used, s: Tesseract is one."""
    used = getrusage(RUSAGE_CHILDREN)
    return process_time() + used.ru_utime + used.ru_stime


def legible_way(
    page: Page, pixels: NDArray[np.uint8], layout: Layout, flat: NDArray[np.uint8], *, reader: Reader
) -> tuple[Layout, NDArray[np.uint8]]:
    """Return the page as `see` finds it the way round at which its longest lines read best.

    The eye's guess stands wherever it reads well; only a page that does not is tried the other ways.

    Args:
        page: which one.
        pixels: as delivered.
        layout: the eye's guess.
        flat: gray (h, w) that goes with it.
        reader: for handwriting.
    """
    best, surest = (layout, flat), legibility(layout.lines, flat, reader=reader)
    if layout.blank or not layout.lines or surest >= LEGIBLE:
        return best

    def turned(by: int) -> tuple[Layout, NDArray[np.uint8]]:
        return see(page, pixels, rotation=(layout.rotation + by) % 360)

    over = tuple(replace(line, quad=line.quad.turned_over()) for line in layout.lines)
    sure = legibility(over, flat, reader=reader)
    upside_down = sure > surest + CLEARLY
    surest = sure if upside_down else surest
    for quarter in (90, 270):
        if surest >= LEGIBLE:
            break
        other = turned(quarter)
        sure = legibility(other[0].lines, other[1], reader=reader)
        if sure > surest + CLEARLY:
            best, surest, upside_down = other, sure, False
    return turned(180) if upside_down else best


def legibility(lines: Sequence[Line], flat: NDArray[np.uint8], *, reader: Reader) -> float:
    """Return how surely the longest lines read, 0-1, long texts counting more."""
    crops = cut_lines(flat, [line.quad for line in lines])
    written = [place for place, line in enumerate(lines) if line.stroke is not Stroke.SIGNATURE]
    longest = sorted(written, key=lambda place: -lines[place].quad.length)[:LINES_TRIED]
    readings = reader.read([crops[place] for place in longest])
    letters = sum(len(reading.text) for reading in readings)
    return sum(reading.confidence * len(reading.text) for reading in readings) / letters if letters else 0.0


def read_lines(lines: Sequence[Line], flat: NDArray[np.uint8], *, readers: Readers) -> Transcript:
    """Read every line with the reader for its stroke; order stays as it is.

    A line that looks like print but that the print reader can make little of gets a second reading as
    handwriting; if that one is surer, the line was written by hand. A stamp is read as handwriting: print
    that stands aslant under a signature reads better so. A signature is not read, unless it turns out to be
    writing.

    Args:
        lines: in reading order.
        flat: gray (h, w), light flattened, in the pixels that the lines' quads mean.
        readers: for handwriting and for print.
    """
    crops = cut_lines(flat, [line.quad for line in lines])
    printed = [place for place, line in enumerate(lines) if line.stroke is Stroke.PRINT]
    first = readers.printed.read([crops[place] for place in printed])
    read = dict(zip(printed, first, strict=True))
    marks = [place for place, line in enumerate(lines) if line.stroke in (Stroke.STAMP, Stroke.SIGNATURE)]
    read |= zip(marks, readers.handwriting.read([crops[place] for place in marks]), strict=True)
    seen = list(lines)
    writing = []
    for place in marks:
        if lines[place].stroke is Stroke.SIGNATURE:
            if _is_writing(read[place]):
                writing.append(place)
            else:
                read[place] = Reading("", 0.0, read[place].reader, ())
    unsure = [place for place in range(len(lines)) if place not in marks and _doubtful(read.get(place))]
    by_hand = sorted([*writing, *unsure])
    second = read_by_hand([crops[place] for place in by_hand], reader=readers.handwriting)
    for place, (reading, struck) in zip(by_hand, second, strict=True):
        before = read.get(place)
        if before is None or place in writing or reading.confidence > before.confidence:
            read[place] = reading
            seen[place] = replace(lines[place], stroke=Stroke.HAND, struck=struck)
    return Transcript(tuple(ReadLine(line, read[place]) for place, line in enumerate(seen)))


def _is_writing(signature: Reading) -> bool:
    """Whether what was taken for a signature says something: no line is lost for having a flourish."""
    sure, letters = READS_AS_WRITING
    said = sum(char.isalnum() for char in signature.text)
    return signature.confidence >= sure and (said >= letters or any(c.isdigit() for c in signature.text))


def read_by_hand(
    crops: Sequence[NDArray[np.uint8]], *, reader: Reader
) -> list[tuple[Reading, tuple[Struck, ...]]]:
    """Read lines of handwriting without what was crossed out in them.

    What is surely crossed out is made paper, and the line is read again, so that neither text nor
    posteriors know of it. What may be crossed out stays read. Either way a person looks: the line is read
    for certain no longer.
    """
    found = []
    for crop, reading in zip(crops, reader.read(crops), strict=True):
        found.append((reading, struck_spans(crop, partial(_clarity, reading))))
    again = [place for place, (_, struck) in enumerate(found) if any(span.sure for span in struck)]
    clean = reader.read([without(crops[place], found[place][1]) for place in again])
    for place, reading in zip(again, clean, strict=True):
        found[place] = (reading, found[place][1])
    return [(_to_check(reading) if struck else reading, struck) for reading, struck in found]


def _to_check(reading: Reading) -> Reading:
    """Return a reading that is neither for certain nor surer than doubtful."""
    grade = Grade.TO_CHECK if reading.grade is Grade.CERTAIN else reading.grade
    return replace(reading, confidence=min(reading.confidence, DOUBTFUL), grade=grade)


def _clarity(reading: Reading, start: float, end: float) -> float:
    """Return how surely what stands between two places of a line reads, 0-1: its steps' usual peak."""
    if reading.posteriors is None or not reading.posteriors.steps:
        return 0.0
    logs = unpack(reading.posteriors)
    steps = logs[int(start * len(logs)) : max(int(start * len(logs)) + 1, ceil(end * len(logs)))]
    spoken = steps[steps.argmax(axis=1) > 0]
    return float(exp(spoken.max(axis=1).mean())) if len(spoken) else 0.5


def _doubtful(printed: Reading | None) -> bool:
    """Whether a line wants the handwriting reader: it is handwriting, or print that hardly reads."""
    return printed is None or not printed.text.strip() or printed.confidence < SURE_PRINT


def identify(read: PageRead, *, matcher: Matcher) -> PatientMatch:
    """Say whose page it is, from its traits, the agenda and the record."""
    understanding = read.understanding
    drugs = (item.drug for item in understanding.items if item.drug is not None)
    return matcher.match(
        understanding.traits,
        written_on=understanding.written_on,
        prescriber=understanding.prescriber,
        transcript=read.transcript,
        substances=frozenset(candidate.drug.substance for candidate in drugs),
    )


def provenance_of(transcript: Transcript, understanding: Understanding, *, formulary: str) -> Provenance:
    """Name the readers, rules and formulary behind a page's proposals."""
    readers = sorted({read.reading.reader for read in transcript.lines})
    return Provenance(reader=", ".join(readers), rules=understanding.rules, formulary=formulary)


def propose_for(
    outcome: PageRead | PageOutcome,
    patient_id: str | None,
    record: PatientRecord | None,
    *,
    strengths_of: StrengthsOf,
    formulary: str,
    supposed_id: str | None = None,
    checks: Checks = BUILT_IN,
) -> tuple[Proposal, ...]:
    """Build a page's proposals for a patient, compared with their record, or a supposed one's."""
    return propose(
        page_id=outcome.page.id,
        understanding=outcome.understanding,
        patient_id=patient_id,
        record=record,
        supposed_id=supposed_id,
        strengths_of=strengths_of,
        provenance=provenance_of(outcome.transcript, outcome.understanding, formulary=formulary),
        checks=checks,
    )
