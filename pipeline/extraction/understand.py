"""From a transcript to all that the page says; a table of contents, each line a file of this room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pipeline.domain.drug import DrugIndex
from pipeline.domain.identity import Doctor, Traits
from pipeline.domain.meaning import Understanding
from pipeline.domain.paper import Layout, PageKind
from pipeline.domain.writing import Transcript
from pipeline.extraction import RULES_VERSION
from pipeline.extraction.dates import Window, dates_in
from pipeline.extraction.identity import joined, traits_of_text
from pipeline.extraction.kind import kind_of
from pipeline.extraction.lines import Role, roles_of
from pipeline.extraction.notes import mentions_of
from pipeline.extraction.pageitems import items_of
from pipeline.extraction.prescriber import prescriber_of
from pipeline.extraction.tables import fold


def understand(
    transcript: Transcript,
    *,
    layout: Layout | None,
    index: DrugIndex,
    doctors: Sequence[Doctor],
    window: tuple[date, date] | None,
) -> Understanding:
    """Say what a page means.

    Args:
        transcript: its lines in reading order.
        layout: what the eye found; a blank one makes the page blank. None = not looked at.
        index: the formulary.
        doctors: who may have prescribed.
        window: first and last day of the outage, to complete "12.11" with a year. Without it such a date
            stays None; today's date is never used.
    """
    roles = roles_of(transcript.lines)
    items, taken = items_of(transcript, roles, index=index)
    kind = kind_of(transcript, roles, items, layout)
    if kind in (PageKind.OTHER, PageKind.BLANK):
        items = ()
    return Understanding(
        kind=kind,
        written_on=_written_on(transcript, roles, window),
        prescriber=prescriber_of([read.reading.text for read in transcript.lines], doctors=doctors),
        traits=_traits(transcript, roles),
        items=items,
        mentions=() if kind is PageKind.BLANK else mentions_of(transcript, roles, taken, index=index),
        rules=RULES_VERSION,
    )


def _written_on(transcript: Transcript, roles: Sequence[Role], window: Window | None) -> date | None:
    """Return the day of writing: a date line first, else a date in a letterhead; birth dates are none."""
    found: list[tuple[int, date]] = []
    for read, role in zip(transcript.lines, roles, strict=True):
        text = read.reading.text
        if role in (Role.PATIENT, Role.VITALS) or re.search(r"\bnée?\b", text):
            continue
        if role in (Role.DATE, Role.LETTERHEAD, Role.PRESCRIBER):
            rank = 0 if role is Role.DATE else 1
            found += [(rank, value) for _, value in dates_in(text, window=window)]
    if window:
        # A day outside the outage is a digit misread far more often than a day: it is left to a person.
        found = [(rank, day) for rank, day in found if window[0] <= day <= window[1]]
    if not found:
        return None
    best = min(rank for rank, _ in found)
    days = {day for rank, day in found if rank == best}
    return days.pop() if len(days) == 1 else None


def _traits(transcript: Transcript, roles: Sequence[Role]) -> Traits:
    """Join the identity lines of the page into one set of traits, with their ink."""
    traits = Traits()
    for number, role in enumerate(roles):
        if role is Role.PATIENT:
            text = transcript.lines[number].reading.text
            ink = transcript.evidence(transcript.span_of(number))
            if traits.names and re.search(r"[^\W\d_]{3}", fold(text)) and traits.birth_date:
                continue
            traits = joined(traits, replace(traits_of_text(text), evidence=ink))
    return traits
