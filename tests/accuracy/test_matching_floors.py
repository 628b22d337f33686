"""On the small set of French papers the matcher stays above its floors, and names nobody else."""

import tomllib
from pathlib import Path

import pytest
from french_people.queries import query_set
from matching_figures import figures, wrong_matches
from matching_reprise import clean_traits, read_traits, reprise_on

FLOORS = tomllib.loads((Path(__file__).parent / "floors.toml").read_text(encoding="utf-8"))["matching"]
WAYS = {"text": (read_traits, False), "fields": (clean_traits, False), "context": (read_traits, True)}


@pytest.fixture(scope="module")
def papers():
    return query_set("small")


@pytest.mark.parametrize("way", WAYS)
def test_the_right_patient_is_found_and_nobody_else_named(papers, way):
    traits_of, context = WAYS[way]
    run = reprise_on(papers, traits_of, name=way, context=context)
    found = {name: hits / of for name, (hits, of) in figures(run).items() if of}
    assert not wrong_matches(run)
    for name, least in FLOORS[way].items():
        assert found[name] >= least, name
