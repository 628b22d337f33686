"""A sheet that says more than another is no copy of it."""

import pytest

from pipeline.domain.drug import Drug, DrugCandidate
from pipeline.domain.identity import Traits
from pipeline.domain.meaning import PrescriptionLine, Understanding
from pipeline.domain.paper import PageKind
from pipeline.operations.settle import says_more


def candidate(name, probability=0.99):
    return DrugCandidate(Drug(name, name.lower()), probability, probability)


def line(name, strength=None, probability=0.99, others=()):
    alternatives = tuple(candidate(other, 0.1) for other in others)
    return PrescriptionLine(name, name, candidate(name, probability), alternatives, strength=strength)


def page(*items):
    return Understanding(PageKind.PRESCRIPTION, None, None, Traits(), items)


SHEET = page(line("Bisoprolol", "5 mg"), line("Furosémide", "40 mg", others=["Lasilix"]))


@pytest.mark.parametrize(
    ("other", "more"),
    [
        (SHEET, False),
        (page(line("Bisoprolol", "5mg")), False),
        (page(line("Bisoprolol"), line("Lasilix", "40 mg")), False),
        (page(line("Bisoprolol", "10 mg")), True),
        (page(line("Bisoprolol", "5 mg"), line("Éliquis", "5 mg")), True),
        (page(line("Bisoprolol", "5 mg"), line("Éliquis", "5 mg", probability=0.4)), False),
        (page(PrescriptionLine("Xq 1 cp", "Xq", None)), False),
        (page(), False),
    ],
)
def test_a_page_says_more_by_a_drug_or_a_strength_that_the_other_has_not(other, more):
    assert says_more(other, SHEET) is more


def test_the_same_drug_twice_in_two_strengths_is_held_against_each_line():
    assert not says_more(page(line("Bisoprolol", "5 mg")), page(line("Bisoprolol", "2,5 mg"), *SHEET.items))
