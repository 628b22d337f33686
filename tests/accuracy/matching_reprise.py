"""Reprise's own matcher over a set of papers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date

from french_people.queries import Query, QuerySet
from matching_figures import Outcome, Run

from pipeline.domain.identity import Patient, Traits
from pipeline.extraction.identity import traits_of_text
from pipeline.matching.patients import PatientIndex

Asked = tuple[str, Traits, str | None, date | None, str | None, tuple[str, ...], str, str]


def reprise(name: str, patients: Sequence[Patient], asked: Sequence[Asked], **around: object) -> Run:
    """Return what the matcher answers.

    Args:
        name: of the run.
        patients: the registry.
        asked: (id, traits, truth, written on, prescriber, errors, about, says).
        around: appointments, as `PatientIndex` takes them.
    """
    index = PatientIndex(patients, **around)  # type: ignore[arg-type]
    outcomes = []
    seconds = 0.0
    for query, traits, truth, written_on, prescriber, errors, about, says in asked:
        began = time.process_time()
        found = index.match(traits, written_on=written_on, prescriber=prescriber)
        seconds += time.process_time() - began
        ranked = tuple(one.patient_id for one in found.candidates[:3])
        first = found.best.probability if found.best else 0.0
        outcomes.append(Outcome(query, truth, found.answer.value, ranked, first, errors, about, says))
    return Run(name, tuple(outcomes), 1000 * seconds / max(1, len(outcomes)))


def read_traits(query: Query) -> Traits:
    """Return what the program's own parser finds in the line."""
    return traits_of_text(query.paper.text)


def clean_traits(query: Query) -> Traits:
    """Return what the line says, as a parser without faults would find it."""
    return query.paper.traits


def reprise_on(
    papers: QuerySet, traits_of: Callable[[Query], Traits], *, name: str, context: bool = False
) -> Run:
    """Return what the matcher answers on a set; with `context` it knows agenda and prescriber as well."""
    asked = [
        (
            query.id,
            traits_of(query),
            query.patient_id,
            query.written_on,
            query.prescriber if context else None,
            query.errors,
            query.about,
            query.paper.says,
        )
        for query in papers.queries
    ]
    around = {"appointments": papers.appointments} if context else {}
    return reprise(name, papers.people.patients, asked, **around)
