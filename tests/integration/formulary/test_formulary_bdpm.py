"""The real files, where they are at hand: nothing of them is kept here but what these sentences say."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest

from pipeline.matching.formulary import Formulary
from pipeline.matching.official import archive, load

BDPM = Path(__file__).parents[4] / "shared" / "data" / "bdpm"
pytestmark = pytest.mark.skipif(not (BDPM / "CIS_bdpm.txt").is_file(), reason="the public files are not here")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bdpm") / "formulary.zip"
    clock = perf_counter()
    done = load.import_raw(load.read(BDPM), path, today=date(2026, 11, 25))
    print(f"imported in {perf_counter() - clock:.1f} s: {done.edition}")
    assert perf_counter() - clock < 60, "20 s on a quiet core; this one may be busy"
    return path


@pytest.fixture(scope="module")
def products(path: Path):
    return archive.load(path).products


@pytest.fixture(scope="module")
def formulary(path: Path) -> Formulary:
    return Formulary.with_official(path)


def named(products, brand):
    return [one for one in products.values() if one.brand == brand and one.offered]


def test_counts_are_those_of_the_edition(path: Path, products) -> None:
    (edition,) = archive.load_editions(path)
    assert (edition.day, edition.products, edition.left_out) == ("2026-05-19", 15_848, 0)
    assert 12_000 < edition.sold < 12_241
    origins = Counter(one.atc_origin for one in products.values() if one.offered)
    assert origins["direct"] == 7_650 and origins["group"] == 1_050
    assert origins[""] / edition.sold < 0.08


def test_known_drugs_are_resolved(products) -> None:
    augmentin = {(one.strength, one.strength_from, one.everyday_form) for one in named(products, "Augmentin")}
    assert ("500 mg/62,5 mg", "FT", "comprimé") in augmentin and ("1 g/125 mg", "FT", "sachet") in augmentin
    thyroxine = {one.strength: one for one in named(products, "Levothyrox")}
    assert {"25 µg", "75 µg", "200 µg"} <= thyroxine.keys()
    assert thyroxine["75 µg"].strength_from == "SA"
    assert thyroxine["75 µg"].ingredients[0].part_amount == "72,96 microgrammes"
    assert all(one.substance == "lévothyroxine" for one in thyroxine.values())
    (previscan,) = named(products, "Previscan")
    assert previscan.substance == "fluindione" and "liste I" in previscan.conditions
    doliprane = {one.strength for one in named(products, "Doliprane") if one.everyday_form == "comprimé"}
    assert doliprane >= {"500 mg", "1000 mg"}
    assert {one.strength_from for one in named(products, "Coversyl")} == {"SA"}
    assert {one.strength_from for one in named(products, "Tahor")} == {"FT"}


def test_a_brand_has_the_strengths_that_it_is_sold_in(formulary: Formulary) -> None:
    (kardegic,) = formulary.lookup("Kardégic")
    assert kardegic.strengths == ("75 mg", "160 mg", "300 mg")
    assert formulary.strengths_of(kardegic.substance, None, kardegic.name) == kardegic.strengths
    assert "500 mg" in formulary.strengths_of(kardegic.substance, "sachet")


def test_nearly_every_tablet_and_capsule_has_its_strength(products) -> None:
    solid = [
        one
        for one in products.values()
        if one.offered and one.everyday_form in ("comprimé", "gélule") and len(one.ingredients) == 1
    ]
    assert len(solid) > 5_000
    assert sum(one.strength_from in ("FT", "SA") for one in solid) / len(solid) > 0.97


def test_homeopathic_products_are_no_names_of_the_formulary(products, formulary: Formulary) -> None:
    homeopathic = [one for one in products.values() if one.kind == "homeopathic"]
    assert len(homeopathic) > 1_300
    ordinary = {one.brand for one in products.values() if not one.kind}
    alone = {one.brand for one in homeopathic if one.brand and one.brand not in ordinary}
    found = [drug for name in alone for drug in formulary.lookup(name)]
    assert not [drug for drug in found if drug.is_brand and drug.source.startswith("BDPM")]


def test_our_own_names_stay_first_and_ordinary_words_stay_words(formulary: Formulary) -> None:
    for row in Formulary.builtin()._rows:
        for drug in row.drugs:
            assert formulary.lookup(drug.name)[0].source.startswith("gp_drugs")
    assert list(formulary.find("repos 3 jours, toux, fièvre, fer sérique, calcium, arrêt de travail")) == []
