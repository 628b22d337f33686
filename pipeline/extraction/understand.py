"""From a transcript to all that the page says; a table of contents, each line a file of this room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.domain.drug import DrugIndex
from pipeline.domain.identity import Doctor
from pipeline.domain.meaning import Understanding
from pipeline.domain.paper import Layout, PageKind
from pipeline.domain.writing import Evidence, Transcript
from pipeline.extraction import RULES_VERSION
from pipeline.extraction.kind import kind_of
from pipeline.extraction.lines import roles_of
from pipeline.extraction.notes import mentions_of
from pipeline.extraction.pageitems import items_of
from pipeline.extraction.patient import patient_traits
from pipeline.extraction.prescriber import prescriber_at
from pipeline.extraction.written_day import written_day


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
    roles = roles_of(transcript.lines, window=window)
    items, taken = items_of(transcript, roles, index=index)
    kind = kind_of(transcript, roles, items, layout)
    if kind in (PageKind.OTHER, PageKind.BLANK):
        items = ()
    written_on, dated = written_day(transcript, roles, window)
    prescriber = prescriber_at([read.reading.text for read in transcript.lines], doctors=doctors)
    return Understanding(
        kind=kind,
        written_on=written_on,
        prescriber=prescriber[0] if prescriber else None,
        traits=patient_traits(transcript, roles, layout=layout, window=window, on=written_on),
        items=items,
        mentions=() if kind is PageKind.BLANK else mentions_of(transcript, roles, taken, index=index),
        rules=RULES_VERSION,
        written_on_ink=_ink(transcript, dated),
        prescriber_ink=_ink(transcript, [prescriber[1]] if prescriber else []),
    )


def _ink(transcript: Transcript, numbers: Sequence[int]) -> tuple[Evidence, ...]:
    """Return the ink of whole lines."""
    return tuple(piece for number in numbers for piece in transcript.evidence(transcript.span_of(number)))
