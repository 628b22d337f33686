"""What a page is: prescription, note, other or blank."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.domain.meaning import PrescriptionLine
from pipeline.domain.paper import Layout, PageKind, Stroke
from pipeline.domain.writing import Transcript
from pipeline.extraction.lines import Role, words_of
from pipeline.extraction.tables import fold, rules

_NOTE_ROLES = (Role.NOTE, Role.ALLERGY, Role.NEGATION)
_PRESSURE = re.compile(r"\bta\b\W*\d|\bt\b\W*3[5-9]|sat\w*\W*\d|\d\s?/\s?\d.*\bt\b")


def kind_of(
    transcript: Transcript, roles: Sequence[Role], items: Sequence[PrescriptionLine], layout: Layout | None
) -> PageKind:
    """Say what a page is from the roles of its lines and the items found on it.

    A note has a motive, an examination, vital signs, a diagnosis, a negation or an allergy; a weight alone
    stands on children's prescriptions, too. Mostly printed pages without items are other papers.
    """
    texts = [fold(read.reading.text) for read in transcript.lines]
    if (layout is not None and layout.blank) or not any(re.search(r"\w", text) for text in texts):
        return PageKind.BLANK
    printed = sum(read.line.stroke is Stroke.PRINT for read in transcript.lines)
    whole = " \n".join(texts)
    other = sum(word in whole for word in map(fold, rules("page")["other_word"]["lab"]))
    mostly_printed = printed > 0.6 * len(texts)
    if other >= 2 and (mostly_printed or not items):
        return PageKind.OTHER
    if _note_points(transcript, roles) >= 2:
        return PageKind.NOTE
    if items:
        return PageKind.PRESCRIPTION
    if mostly_printed or other:
        return PageKind.OTHER
    if _note_points(transcript, roles):
        return PageKind.NOTE
    return PageKind.PRESCRIPTION if Role.DURATION in roles else PageKind.OTHER


def _note_points(transcript: Transcript, roles: Sequence[Role]) -> int:
    points = sum(role in _NOTE_ROLES for role in roles)
    exam = words_of("note_word", "exam")
    for read, role in zip(transcript.lines, roles, strict=True):
        text = fold(read.reading.text)
        if role is Role.VITALS and _PRESSURE.search(text):
            points += 2
        elif role is Role.TREATMENT or (role is Role.BODY and exam.search(text)):
            points += 1
    return points
