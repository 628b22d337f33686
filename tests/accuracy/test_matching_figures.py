"""The figures say what the answers were, and Splink is given its thresholds and fields fairly."""

import pytest
from french_people.queries import query_set
from matching_fields import Names, plain
from matching_figures import Outcome, Run, choose, decided, figures, unsettled, wilson, wrong_matches
from matching_reprise import clean_traits


def outcome(truth, first, *, weight=0.0, lead=99.0, answer="ask", probability=0.9):
    ranked = (first,) if first else ()
    return Outcome("q", truth, answer, ranked, probability, lead=lead, weight=weight)


def test_precision_is_of_matches_and_recall_of_registered_people():
    run = Run(
        "run",
        (
            outcome("a", "a", answer="match"),
            outcome("b", "c", answer="match"),
            outcome(None, "d", answer="match"),
            outcome("e", "e"),
            outcome("f", None, answer="none"),
        ),
        1.0,
    )
    found = figures(run)
    assert found["precision of match"] == (1, 3)
    assert found["recall"] == (1, 4)
    assert found["first"] == (2, 4)
    assert found["passing matched"] == (1, 1)
    assert found["known called none"] == (1, 4)
    assert [one.truth for one in wrong_matches(run)] == ["b", None]
    assert [one.truth for one in unsettled(run)] == ["e", "f"]


def test_thresholds_bring_most_recall_without_the_wrong_one():
    right = [outcome(str(n), str(n), weight=10.0 + n, lead=5.0) for n in range(20)]
    wrong = outcome("x", "y", weight=15.5, lead=1.0)
    assert choose([*right, wrong], leads=(0,)) == (16.0, 0)  # 14 right ones above the wrong one
    assert choose([*right, wrong], leads=(0, 2)) == (10.0, 2)  # its lead gives it away: all 20
    run = decided(Run("r", (*right, wrong), 0.0), "r", 10.0, 2)
    assert figures(run)["precision of match"] == (20, 20)


def test_a_threshold_does_not_part_equal_weights():
    outcomes = [outcome("a", "a", weight=3.0), outcome("b", "c", weight=3.0), outcome("d", "d", weight=4.0)]
    assert choose(outcomes, leads=(0,)) == (4.0, 0)


def test_without_a_precise_threshold_nothing_is_a_match():
    weight, lead = choose([outcome("a", "b", weight=9.0)], leads=(0,))
    run = decided(Run("r", (outcome("a", "b", weight=9.0),), 0.0), "r", weight, lead)
    assert figures(run)["precision of match"] == (0, 0)


def test_wilson_is_the_textbooks_interval():
    low, high = wilson(9, 10)
    assert low == pytest.approx(0.5958, abs=1e-4)
    assert high == pytest.approx(0.9821, abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_splink_gets_family_and_given_name_as_they_were_meant():
    papers = query_set("small", people=5_000, queries=600)
    names = Names(papers.people.patients)
    clean = [query for query in papers.queries if not query.errors and query.patient_id]
    right = 0
    for query in clean:
        family, given, born = names.split(clean_traits(query))
        said = query.paper
        right += (family, given, born) == (plain(said.family), plain(said.given), plain(said.birth_name))
    assert len(clean) > 200
    assert right >= 0.98 * len(clean)
