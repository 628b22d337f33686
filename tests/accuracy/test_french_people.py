"""The invented people and papers are what their tables say, the same each time, and nobody real."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from french_people.errors import KINDS
from french_people.households import TODAY
from french_people.identifiers import nir_key
from french_people.population import population
from french_people.queries import SETS, query_set
from french_people.tables import numbers

from pipeline.matching.registry import is_nir

PEOPLE, QUERIES = 20_000, 3_000


@pytest.fixture(scope="module")
def papers():
    return query_set("small", people=PEOPLE, queries=QUERIES)


def near(count, share, of):
    """Within four standard deviations of a share."""
    return abs(count - share * of) <= 4 * (of * share * (1 - share)) ** 0.5 + 1


def test_a_seed_gives_the_same_people_and_papers_and_another_seed_others(papers):
    again = query_set("small", people=PEOPLE, queries=QUERIES)
    assert again.people.patients == papers.people.patients
    assert again.queries == papers.queries
    assert again.appointments == papers.appointments
    other = population(300, seed=1)
    assert other.patients == population(300, seed=1).patients != population(300, seed=2).patients


def test_the_sets_have_seeds_of_their_own():
    assert len({size.seed for size in SETS.values()}) == len(SETS)


def test_every_nir_has_the_right_key_shape_and_an_order_number_of_fiction(papers):
    bodies = [one.ins for one in papers.people.patients if one.ins]
    assert len(set(bodies)) == len(bodies)
    for one in papers.people.patients:
        if one.ins and one.birth_date:
            assert re.fullmatch(r"[12]\d{4}(\d\d|2[AB])\d{3}9\d\d", one.ins)
            assert one.ins[0] == ("1" if one.sex == "M" else "2")
            assert one.ins[1:5] == f"{one.birth_date:%y%m}"
            assert is_nir(one.ins + nir_key(one.ins))


def test_telephone_numbers_are_of_the_ranges_of_fiction(papers):
    ranges = numbers("people.toml")["phones"]
    allowed = (*ranges["landlines"], ranges["mobile"])
    for one in papers.people.patients:
        assert one.phone is None or one.phone.replace(" ", "").startswith(allowed)


def test_names_are_as_frequent_as_in_france(papers):
    names = Counter(one.birth_name.upper() for one in papers.people.patients)
    assert names.most_common(1)[0][0] == "MARTIN"
    assert 0.003 < names["MARTIN"] / PEOPLE < 0.009
    assert 0.35 < len(names) / PEOPLE < 0.55  # 50,000 people bear some 17,000 different ones


def test_the_ages_are_those_of_people(papers):
    ages = [(TODAY - one.birth_date).days / 365.25 for one in papers.people.patients if one.birth_date]
    assert min(ages) >= 0
    assert max(ages) < 111
    assert 0.15 < sum(age < 18 for age in ages) / len(ages) < 0.35
    assert near(len(papers.people.patients) - len(ages), 0.004, PEOPLE)


def test_twins_namesakes_and_shared_homes_are_there(papers):
    people = {one.patient_id: one for one in papers.people.patients}
    twins = [people[patient_id] for patient_id in papers.people.twins]
    assert len(twins) > 40
    at_home = Counter((one.address, one.city) for one in people.values() if one.address)
    assert sum(count for count in at_home.values() if count > 1) > 0.5 * PEOPLE
    names = Counter(papers.people.written[one][::2][0] for one in papers.people.namesakes)
    assert len(papers.people.namesakes) > 0.02 * PEOPLE
    assert min(names.values()) > 1
    assert len(papers.people.same_name_relatives) > 50


def test_errors_are_as_many_as_their_table_says(papers):
    shares = numbers("errors.toml")["count"]["shares"]
    made = Counter(len(query.errors) for query in papers.queries)
    assert near(made[0], shares[0], QUERIES)
    # a short line cannot always take as many as were drawn
    assert made[1] >= shares[1] * QUERIES - 100
    assert 0 <= shares[3] * QUERIES - made[3] < 0.5 * shares[3] * QUERIES + 40


def test_every_kind_of_error_has_a_weight_is_made_and_once_a_line_at_most(papers):
    assert set(KINDS) == set(numbers("errors.toml")["weights"])
    made = Counter(kind for query in papers.queries for kind in query.errors)
    assert set(made) == set(KINDS)
    assert all(len(set(query.errors)) == len(query.errors) for query in papers.queries)


def test_a_line_without_errors_says_what_is_true(papers):
    people = {one.patient_id: one for one in papers.people.patients}
    for query in papers.queries:
        if query.patient_id and not query.errors:
            person, said = people[query.patient_id], query.paper
            family, _, given = papers.people.written[query.patient_id]
            assert said.family == family
            assert said.given in given
            assert said.born in (None, person.birth_date)
            assert said.age is None or person.birth_date <= query.written_on - timedelta(days=365 * said.age)
            assert said.nir in (None, f"{person.ins}{nir_key(person.ins or '0')}")


def test_passing_patients_are_a_twentieth_and_not_in_the_registry(papers):
    passing = [query for query in papers.queries if query.patient_id is None]
    assert near(len(passing), numbers("errors.toml")["passing"]["share"], QUERIES)
    assert {query.about for query in passing} == {"stranger", "passing_namesake", "passing_relative"}


def test_the_line_and_its_traits_say_the_same(papers):
    for query in papers.queries[:300]:
        traits, text = query.paper.traits, query.paper.text
        assert all(name in text for name in traits.names)
        assert traits.birth_year is None or str(traits.birth_year) in text
        assert traits.age is None or re.search(rf"\b{traits.age} ?a", text)
