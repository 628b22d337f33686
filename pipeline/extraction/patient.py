"""What a page says of its patient: identity lines and codes joined, every trait with its own ink."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import date

from pipeline.domain.identity import CODE, TraitMark, Traits
from pipeline.domain.paper import Barcode, Layout
from pipeline.domain.writing import Evidence, ReadLine, Span, Transcript
from pipeline.extraction.birth import fits_title
from pipeline.extraction.contradiction import contradicts, name_nobody_in_common
from pipeline.extraction.dates import Window
from pipeline.extraction.doubtful_age import is_doubtful_age
from pipeline.extraction.identity import IdentityLine, identity_line, joined
from pipeline.extraction.identity_code import traits_of_code
from pipeline.extraction.lines import Role
from pipeline.extraction.tables import fold

_SINGLE = tuple(
    field.name
    for field in fields(Traits)
    if field.name not in ("text", "names", "evidence", "marks", "written_names", "contradicted", "by_code")
)
_SHEET = (Role.LETTERHEAD, Role.PRESCRIBER)


def patient_traits(
    transcript: Transcript,
    roles: Sequence[Role],
    *,
    layout: Layout | None,
    window: Window | None,
    on: date | None,
) -> Traits:
    """Return what a page says of its patient, by its identity lines and by its codes.

    A code that names somebody is surer than any reading: what it says counts before what is written. Where
    the two name different people, or two lines do, `contradicted` tells.

    Args:
        transcript: the page.
        roles: of its lines.
        layout: with the decoded codes; None = not looked at.
        window: first and last day of the outage.
        on: the day of writing, to compare an age with a code's birth date; None = not known.
    """
    written = _written(transcript, roles, window)
    found = [
        (code, traits)
        for code in (layout.barcodes if layout else ())
        if (traits := traits_of_code(code.text))
    ]
    if not found:
        return written
    page_id = next((line.page_id for line in layout.lines), "") if layout else ""
    code, said = found[0]
    joint = _with_code(said, _marks_of_code(code, said, page_id), written)
    others = any(contradicts(said, other, on=on, transcript=None) for _, other in found[1:])
    return replace(
        joint,
        contradicted=others
        or written.contradicted
        or contradicts(said, written, on=on, transcript=transcript),
    )


def _written(transcript: Transcript, roles: Sequence[Role], window: Window | None) -> Traits:
    """Join the identity lines."""
    traits = Traits()
    starts = [start for start, _ in transcript.starts()]
    for number, role in enumerate(roles):
        if role not in (Role.PATIENT, Role.BIRTH):
            continue
        read = transcript.lines[number]
        ink = transcript.evidence(transcript.span_of(number))
        if role is Role.BIRTH:  # what it says is for the ink to tell
            traits = joined(traits, Traits(text=read.reading.text, evidence=ink))
            continue
        line = _trusted(identity_line(read.reading.text, window), read, traits.title)
        if _is_somebody_else(line, traits):
            traits = replace(traits, contradicted=True)
        elif not (traits.names and line.traits.names and traits.birth_date):
            marks = tuple(_marks(transcript, starts[number], line, traits))
            traits = joined(traits, replace(line.traits, evidence=ink))
            traits = replace(traits, marks=traits.marks + marks)
    return _without_the_doctors(traits, transcript, roles)


def _trusted(line: IdentityLine, read: ReadLine, title: str | None) -> IdentityLine:
    """Return a line without an age that the ink does not clearly say, or that the title belies."""
    piece = next((piece for piece in line.pieces if piece.trait in ("age", "age_months")), None)
    age = getattr(line.traits, piece.trait) if piece else None
    surface = read.reading.text[piece.start : piece.end] if piece else ""
    if piece is None or age is None:
        return line
    fits = piece.trait == "age_months" or fits_title(age, title)
    if fits and not is_doubtful_age(age, surface, read.reading):
        return line
    pieces = tuple(other for other in line.pieces if other is not piece)
    return replace(line, traits=replace(line.traits, age=None, age_months=None), pieces=pieces)


def _is_somebody_else(line: IdentityLine, traits: Traits) -> bool:
    """Whether a second line with a title of its own names somebody else."""
    return line.traits.title is not None and name_nobody_in_common(traits.names, line.traits.names)


def _marks(transcript: Transcript, start: int, line: IdentityLine, before: Traits) -> Iterator[TraitMark]:
    """Yield the marks of the traits that this line adds; `start` is its place in the transcript's text."""
    for piece in sorted(line.pieces, key=lambda piece: piece.start):
        if piece.trait in _SINGLE and getattr(before, piece.trait) is not None:
            continue
        if piece.trait == "birth_year" and before.birth_date is not None:
            continue
        for evidence in transcript.evidence(Span(start + piece.start, start + piece.end)):
            yield TraitMark(piece.trait, evidence)


def _without_the_doctors(traits: Traits, transcript: Transcript, roles: Sequence[Role]) -> Traits:
    """Return the traits without a phone or an address that the sheet's own print gives as the doctor's."""
    sheet = [
        fold(read.reading.text) for read, role in zip(transcript.lines, roles, strict=True) if role in _SHEET
    ]
    numbers = " ".join(re.sub(r"\D", "", text) for text in sheet)
    if traits.phone and traits.phone[1:] in numbers:
        traits = _without(replace(traits, phone=None), "phone")
    if traits.address and any(fold(traits.address) in text for text in sheet):
        traits = replace(traits, address=None, postal_code=None, city=None)
        traits = _without(traits, "address", "postal_code", "city")
    return traits


def _without(traits: Traits, *lost: str) -> Traits:
    return replace(traits, marks=tuple(mark for mark in traits.marks if mark.trait not in lost))


def _marks_of_code(code: Barcode, said: Traits, page_id: str) -> tuple[TraitMark, ...]:
    """Return one mark for everything that a code says, all on the code."""
    names = ["names"] if said.names else []
    filled = [*names, *(name for name in _SINGLE if getattr(said, name) is not None)]
    return tuple(TraitMark(name, Evidence(page_id, CODE, code.quad, _shown(said, name))) for name in filled)


def _shown(said: Traits, name: str) -> str:
    value = getattr(said, name)
    return " ".join(value) if name == "names" else str(value)


def _with_code(said: Traits, marks: tuple[TraitMark, ...], written: Traits) -> Traits:
    """Return a code's traits, completed by what is written."""
    by_code = {mark.trait for mark in marks}
    own = {name: getattr(said, name) for name in by_code}
    has_birth = {"birth_year"} if said.birth_date else set()
    kept = tuple(
        replace(mark, trait="written_names") if mark.trait == "names" and "names" in by_code else mark
        for mark in written.marks
        if mark.trait == "names" or mark.trait not in by_code | has_birth
    )
    joint = replace(written, **own, by_code=True, marks=marks + kept, text=written.text or said.text)
    if said.birth_date:
        joint = replace(joint, birth_year=None)
    return replace(joint, written_names=written.names) if said.names else joint
