"""A name or date misread by the reader is still found where the ink allows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.identity import MatchAnswer, Patient, Traits
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Evidence, Reading, ReadLine, Transcript
from pipeline.ink import pack
from pipeline.matching.patients import PatientIndex

ZOE = Patient("P1", "QUERVELEC", None, "Zoé", "F", date(1957, 12, 3))
OTHERS = [
    Patient(f"R{n}", name, None, "Ida", "F", date(1990, 1, n + 1))
    for n, name in enumerate(["DUVAL", "BROSSEL"])
]
VOCABULARY = "".join(sorted(set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZé0123456789/. ")))


def transcript(best: str, second: str) -> Transcript:
    """A line whose likeliest reading is `best` (60 %) and whose second is `second` (39 %)."""
    rows = []
    for one, other in zip(best, second, strict=True):
        row = np.full(len(VOCABULARY) + 1, 0.01 / len(VOCABULARY), np.float32)
        row[VOCABULARY.index(one) + 1] += 0.6
        row[VOCABULARY.index(other) + 1] += 0.39
        blank = np.full_like(row, 1e-4 / len(VOCABULARY))
        blank[0] = 1 - 1e-4
        rows += [row / row.sum(), blank]
    places = tuple((n / len(best), (n + 1) / len(best)) for n in range(len(best)))
    reading = Reading(best, 0.6, "test", places, pack(np.array(rows), VOCABULARY, k=8))
    return Transcript((ReadLine(Line("pg", 0, Quad.of_box(Box(0, 0, 100, 10)), Stroke.HAND), reading),))


def traits(name: str, born: date) -> Traits:
    ink = (Evidence("pg", 0, Quad.of_box(Box(0, 0, 100, 10)), name),)
    return Traits(names=(name,), title="Mme", sex="F", birth_date=born, evidence=ink)


def test_the_ink_brings_in_a_name_that_was_read_otherwise() -> None:
    misread, meant = "Mme Duervolac 03/12/1957", "Mme Quervelec 03/12/1957"
    index = PatientIndex([ZOE, *OTHERS])
    asked = traits("Duervolac", date(1957, 12, 4))
    without = index.match(asked, written_on=None, prescriber=None)
    assert "P1" not in [candidate.patient_id for candidate in without.candidates]
    found = index.match(asked, written_on=None, prescriber=None, transcript=transcript(misread, meant))
    assert found.best is not None and found.best.patient_id == "P1"
    assert {"names.ink", "birth_date.ink"} <= set(found.best.reasons)
    assert found.answer is not MatchAnswer.MATCH  # read otherwise: a person looks


def test_ink_that_says_something_else_brings_in_nobody() -> None:
    line = transcript("Mme Duervolac 04/12/1957", "Mme Duervolac 04/12/1957")
    found = PatientIndex([ZOE, *OTHERS]).match(
        traits("Duervolac", date(1957, 12, 4)), written_on=None, prescriber=None, transcript=line
    )
    assert "names.ink" not in {reason for candidate in found.candidates for reason in candidate.reasons}


def test_an_age_that_reads_badly_still_tells_namesakes_apart_by_its_ink() -> None:
    old = Patient("P2", "QUERVELEC", None, "Zoé", "F", date(1930, 5, 2))
    line = transcript("Cq ans", "68 ans")  # written on 12 November 2025: Zoé, born 1957, is 67; the other 95
    asked = replace(traits("Quervelec", date(1957, 12, 3)), birth_date=None, names=("Quervelec", "Zoé"))
    young = replace(ZOE, birth_date=date(1957, 3, 12))
    found = PatientIndex([old, young, *OTHERS]).match(
        asked, written_on=date(2025, 11, 12), prescriber=None, transcript=line
    )
    assert found.best is not None and found.best.patient_id == "P1" and "age.ink" in found.best.reasons
    assert found.answer is MatchAnswer.ASK


def test_a_line_without_an_age_says_nothing_of_it() -> None:
    asked = replace(traits("Quervelec", date(1957, 12, 3)), birth_date=None)
    found = PatientIndex([ZOE, *OTHERS]).match(
        asked, written_on=date(2025, 11, 12), prescriber=None, transcript=transcript("Mme Quer", "Mme Quer")
    )
    assert found.best is not None and "age.ink" not in found.best.reasons
