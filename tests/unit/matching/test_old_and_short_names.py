"""Old brands that doctors still write, and short forms that may mean several drugs."""

from dataclasses import replace

import pytest

from pipeline.domain.drug import DrugCandidate
from pipeline.extraction.parse import parse_text
from pipeline.matching import drug_table
from pipeline.matching.drug_names import fold
from pipeline.matching.formulary import Formulary
from pipeline.proposing.doses import no_longer_sold


@pytest.fixture(scope="module")
def formulary() -> Formulary:
    return Formulary.builtin()


@pytest.mark.parametrize(
    ("name", "substance", "sold"),
    [
        ("Di-Antalvic", "dextropropoxyphène/paracétamol", False),
        ("di antalvic", "dextropropoxyphène/paracétamol", False),
        ("Vioxx", "rofécoxib", False),
        ("Mediator", "benfluorex", False),
        ("Prozac", "fluoxétine", False),
        ("Clamoxyl", "amoxicilline", True),
        ("Tahor", "atorvastatine", True),
        ("Mopral", "oméprazole", True),
    ],
)
def test_old_brands_are_known_with_whether_they_are_sold(formulary, name, substance, sold) -> None:
    entry = formulary.lookup(name)[0]
    assert (entry.substance, entry.sold) == (substance, sold)


def test_old_brands_are_found_in_a_text_and_said_to_be_no_longer_sold(formulary: Formulary) -> None:
    (item,), _ = parse_text("Di-Antalvic 1 gél x3/j", index=formulary)
    assert item.drug is not None and not item.drug.drug.sold
    (flag,) = no_longer_sold(item, source="here")
    assert flag.type == "no_longer_sold" and "n'est plus commercialisé" in flag.detail
    (other,), _ = parse_text("Doliprane 1 g x3/j", index=formulary)
    assert no_longer_sold(other, source="here") == []
    assert no_longer_sold(replace(other, drug=None), source="here") == []


def test_an_old_brand_of_a_known_substance_has_its_strengths_and_comes_after_names_that_are_sold(
    formulary,
) -> None:
    (entry,) = formulary.lookup("Intralgis")
    assert entry.atc == "M01AE01" and "400 mg" in entry.strengths
    names = formulary.names_starting("pro")
    sold = [formulary.lookup(name)[0].sold for name in names]
    assert sold == sorted(sold, reverse=True)


def test_the_table_of_old_brands_is_whole_and_agrees_with_our_own_table() -> None:
    codes: dict[str, set[str | None]] = {}
    for row in drug_table.gp_rows():
        codes.setdefault(fold(row.drugs[0].substance), set()).add(row.drugs[0].atc)
    old = drug_table.old_brands()
    assert len(old) > 150 and len({fold(one.name) for one in old}) == len(old)
    for one in old:
        assert one.note and 5 <= len(one.atc) <= 7, one
        assert not one.ended or 1980 < int(one.ended) < 2027, one
        other_use = one.name == "Esmya"
        assert (one.atc in codes.get(fold(one.substance), {one.atc})) is not other_use, one


@pytest.mark.parametrize(
    ("short", "meanings"),
    [
        ("lévo", {"lévothyroxine", "lévofloxacine", "lévocétirizine"}),
        ("LEVO", {"lévothyroxine", "lévofloxacine", "lévocétirizine"}),
        ("AINS", {"ibuprofène", "kétoprofène", "naproxène", "diclofénac"}),
        ("pred", {"prednisone", "prednisolone"}),
        ("métro", {"métronidazole", "métoclopramide"}),
    ],
)
def test_a_short_form_of_several_drugs_is_none_of_them(formulary, short, meanings) -> None:
    found = formulary.rank(short)
    assert {one.drug.substance for one in found} == meanings
    assert {drug.substance for drug in formulary.meanings(short)} == meanings
    assert all({"drug.short", "drug.tie"} <= set(one.reasons) for one in found)
    assert max(one.probability for one in found) < 0.5
    assert formulary.lookup(short) == () and list(formulary.find(f"{short} 1 cp")) == []


def test_what_is_understood_from_an_ambiguous_short_form_asks_for_a_person(formulary: Formulary) -> None:
    (item,), _ = parse_text("lévo 1 cp le matin", index=formulary)
    assert item.confidence < 0.5 and "look-alike" in item.doubts and len(item.alternatives) == 2
    (family,), _ = parse_text("AINS 1 cp x3/j", index=formulary)
    assert family.drug is None and family.drug_text == "AINS"


@pytest.mark.parametrize(
    ("short", "name"),
    [
        ("amox", "Amoxicilline"),
        ("doli", "Doliprane"),
        ("vento", "Ventoline"),
        ("karde", "Kardegic"),
        ("furo", "Furosémide"),
    ],
)
def test_a_short_form_of_one_drug_is_that_drug(formulary, short, name) -> None:
    (best, *_) = formulary.rank(short)
    assert isinstance(best, DrugCandidate) and best.drug.name == name and "drug.tie" not in best.reasons


def test_no_short_form_is_a_drugs_whole_name_of_another_substance(formulary: Formulary) -> None:
    names = {fold(drug.name): drug.substance for row in drug_table.gp_rows() for drug in row.drugs}
    for short, name in drug_table.short_forms():
        assert names.get(fold(short), names[fold(name)]) == names[fold(name)], short
