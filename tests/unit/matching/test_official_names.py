"""Brands, forms and substances as the raw rows name them."""

import pytest

from pipeline.matching.official.names import brand_of, everyday_form, release_of
from pipeline.matching.official.raw import decoded
from pipeline.matching.official.substances import Declared, Namer, plain_name, without_salt


@pytest.mark.parametrize(
    ("name", "substances", "brand"),
    [
        ("DOLIPRANE 1000 mg, comprimé", ["paracétamol"], "Doliprane"),
        ("PARACETAMOL BIOGARAN 1 g, comprimé", ["paracétamol"], ""),
        (
            "PERINDOPRIL TERT-BUTYLAMINE/AMLODIPINE ARROW 4 mg/5 mg, comprimé",
            ["périndopril", "amlodipine"],
            "",
        ),
        ("ACIDE ALENDRONIQUE ARROW 70 mg, comprimé", ["acide alendronique"], ""),
        ("XATRAL L.P. 10 mg, comprimé", ["alfuzosine"], "Xatral LP"),
        ("NUROFENPRO ENFANTS ET NOURRISSONS SANS SUCRE 20 mg/mL, suspension", ["ibuprofène"], "Nurofenpro"),
        ("DI-HYDAN 100 mg, comprimé", ["phénytoïne"], "Di-Hydan"),
        ("EAU DE MER 5 %, solution", ["chlorure de sodium"], "Eau de Mer"),
        ("EPHEDRINE DESMA 30 mg, solution", ["sulfate de morphine"], "Ephedrine"),
        ("12 mg, comprimé", ["x"], ""),
        ("LIPANTHYL 200 MICRONISE, gélule", ["fénofibrate"], "Lipanthyl"),
        ("MODOPAR 62,5, gélule", ["lévodopa"], "Modopar"),
        ("GARDASIL 9, suspension injectable", ["vaccin"], "Gardasil 9"),
        ("BEXSERO suspension injectable en seringue préremplie. Vaccin", ["x"], "Bexsero"),
    ],
)
def test_the_brand_is_what_is_not_substance_maker_strength_or_taste(name, substances, brand) -> None:
    assert brand_of(name, substances, " DESMA PHARMA") == brand


def test_a_figure_before_the_resolved_strength_belongs_to_the_brand() -> None:
    assert brand_of("MAG 2 100 mg, comprimé", ["lactate"], strength="100 mg") == "Mag 2"
    assert brand_of("MAG 2 100 mg, comprimé", ["lactate"], strength="2100 mg") == "Mag"


@pytest.mark.parametrize(
    ("published", "plain", "bare"),
    [
        ("LOPÉRAMIDE (CHLORHYDRATE DE)", "chlorhydrate de lopéramide", "lopéramide"),
        ("AMLODIPINE (BÉSILATE D')", "bésilate d'amlodipine", "amlodipine"),
        ("SODIUM (VALPROATE DE)", "valproate de sodium", "valproate de sodium"),
        ("CHLORURE DE CALCIUM ANHYDRE", "chlorure de calcium anhydre", "chlorure de calcium"),
        ("AMOXICILLINE TRIHYDRATÉE", "amoxicilline trihydratée", "amoxicilline"),
        ("ACIDE ZOLÉDRONIQUE ANHYDRE", "acide zolédronique anhydre", "acide zolédronique"),
        ("CHLORURE DE SODIUM", "chlorure de sodium", "chlorure de sodium"),
    ],
)
def test_salt_and_water_are_taken_off_but_never_down_to_a_bare_element(published, plain, bare) -> None:
    assert plain_name(published) == plain
    assert without_salt(plain) == bare


def declared(code: str, name: str, link: str, *, part: bool = False) -> Declared:
    return Declared("comprimé", code, name, "1 mg", "un comprimé", part, link)


def test_an_active_part_named_in_one_product_names_the_salt_in_all() -> None:
    namer = Namer([[declared("1", "ZOTRILATE DE FUMIGINE", "1"), declared("2", "FUMIGINE", "1", part=True)]])
    alone = namer.ingredients([declared("1", "FUMIGINE (ZOTRILATE DE)", "1")])
    assert [one.dci for one in alone] == ["fumigine"]


def test_links_keep_each_salt_with_its_own_active_part_and_combinations_take_our_order() -> None:
    rows = [
        declared("1", "CLAVULANATE DE POTASSIUM", "2"),
        declared("2", "AMOXICILLINE ANHYDRE", "1", part=True),
        declared("3", "AMOXICILLINE TRIHYDRATÉE", "1"),
        declared("4", "ACIDE CLAVULANIQUE", "2", part=True),
    ]
    namer = Namer([rows])
    found = namer.ingredients(rows)
    assert {(one.name, one.part) for one in found} == {
        ("amoxicilline trihydratée", "amoxicilline anhydre"),
        ("clavulanate de potassium", "acide clavulanique"),
    }
    assert namer.combination(one.dci for one in found) == "amoxicilline/acide clavulanique"


@pytest.mark.parametrize(
    ("form", "route", "name", "boxes", "everyday"),
    [
        ("comprimé pelliculé sécable", "orale", "X 1 mg, comprimé", (), "comprimé"),
        ("gélule gastro-résistant(e)", "orale", "X, gélule", (), "gélule"),
        ("poudre pour solution buvable", "orale", "X, poudre pour solution buvable en sachet", (), "sachet"),
        ("poudre pour solution buvable", "orale", "X, poudre", ("30 sachet(s)",), "sachet"),
        ("collyre en solution", "ophtalmique", "X, collyre", (), "collyre"),
        ("suspension pour inhalation", "inhalée", "X, suspension", (), "aérosol"),
        ("suspension pour pulvérisation", "nasale", "X, suspension", (), "pulvérisation nasale"),
        ("comprimé effervescent(e) sécable", "orale", "X, comprimé", (), "comprimé effervescent"),
        ("solution injectable", "sous-cutanée", "X, solution", (), "injection"),
        ("lyophilisat", "orale", "X, lyophilisat oral", (), "comprimé orodispersible"),
        ("gaz pour inhalation", "inhalée", "X, gaz", (), ""),
    ],
)
def test_published_forms_become_what_a_prescription_calls_them(form, route, name, boxes, everyday) -> None:
    assert everyday_form(form, (route,), name, boxes, "x") == everyday


def test_insulin_is_a_form_of_its_own_and_slow_release_is_told_by_name_or_form() -> None:
    assert everyday_form("solution injectable", ("sous-cutanée",), "X", (), "insuline glargine") == "insuline"
    assert release_of("XATRAL LP 10 mg, comprimé", "comprimé à libération prolongée") == "LP"
    assert release_of("FLODIL 5 mg, comprimé", "comprimé à libération prolongée") == "(LP)"
    assert release_of("LASILIX 40 mg, comprimé", "comprimé") == ""
    assert (
        release_of("ENANTONE LP 3 mg, poudre", "poudre pour suspension injectable à libération prolongée")
        == ""
    )


def test_a_line_is_utf8_where_it_is_that_and_else_cp1252() -> None:
    assert decoded("comprimé à 5 €".encode()) == "comprimé à 5 €"
    assert decoded("comprimé à 5 €".encode("cp1252")) == "comprimé à 5 €"
    assert decoded(b"\xef\xbb\xbfx\r") == "x" and "\ufffd" in decoded(b"comprim\x8f")
