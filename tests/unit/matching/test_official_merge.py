"""How the official rows come behind our own: which strengths win, whose names stay, a brand's own forms."""

from pipeline.domain.drug import Drug
from pipeline.matching.drug_table import Row
from pipeline.matching.official.merge import merge
from pipeline.matching.official.rows import OfficialName, OfficialRow, plain_rows, rows_from_plain


def ours(
    substance: str, by_form: dict[str, tuple[str, ...]], *brands: str, atc: str = "X01", route: str = "orale"
) -> Row:
    strengths = tuple(text for found in by_form.values() for text in found)
    drugs = tuple(
        Drug(name, substance, atc, tuple(by_form), strengths, route, is_brand, "gp_drugs")
        for name, is_brand in [(substance.capitalize(), False), *((brand, True) for brand in brands)]
    )
    return Row(drugs, tuple(by_form.items()))


def official(
    substance, by_form, brands=(), *, atc="X01", route="orale", sold=True, composed=()
) -> OfficialRow:
    names = tuple(OfficialName(name, tuple(forms.items())) for name, forms in brands)
    return OfficialRow(substance, atc, route, tuple(by_form.items()), names, sold, composed)


def forms_of(row: Row) -> dict[str, tuple[str, ...]]:
    return dict(row.by_form)


def test_tablets_are_the_officials_in_our_writing_liquids_are_both() -> None:
    own = ours("fumigine", {"comprimé": ("1 g", "750 mg"), "sirop": ("2,4 %",)})
    (row,) = merge(
        [own], [official("fumigine", {"comprimé": ("500 mg", "1000 mg"), "sirop": ("24 mg/mL",)})], source="s"
    ).ours
    assert forms_of(row) == {"comprimé": ("1 g", "500 mg"), "sirop": ("2,4 %", "24 mg/mL")}
    assert (
        row.drugs[0].strengths == ("1 g", "500 mg", "2,4 %", "24 mg/mL") and row.drugs[0].source == "gp_drugs"
    )


def test_strengths_computed_from_compositions_complete_and_never_take_away() -> None:
    own = ours("fumigine", {"sachet": ("6,9 g",)})
    (row,) = merge(
        [own], [official("fumigine", {"sachet": ("6,563 g",)}, composed=("sachet",))], source="s"
    ).ours
    assert forms_of(row) == {"sachet": ("6,9 g", "6,563 g")}


def test_both_orders_of_a_combination_and_its_first_part_alone_stay() -> None:
    own = ours("a/b", {"comprimé": ("80 mg/5 mg", "48 mg", "7 mg")})
    sold = official("a/b", {"comprimé": ("5 mg/80 mg", "48 mg/5 mg")})
    (row,) = merge([own], [sold], source="s").ours
    assert forms_of(row) == {"comprimé": ("80 mg/5 mg", "48 mg", "5 mg/80 mg", "48 mg/5 mg")}


def test_a_form_that_the_official_has_not_keeps_our_strengths() -> None:
    own = ours("fumigine", {"gélule": ("5 mg",), "comprimé": ("5 mg",)})
    (row,) = merge([own], [official("fumigine", {"comprimé": ("10 mg",)})], source="s").ours
    assert forms_of(row) == {"gélule": ("5 mg",), "comprimé": ("10 mg",)}


def test_two_uses_of_a_substance_are_told_apart_by_route_then_by_atc() -> None:
    clots = ours("aspirine", {"sachet": ("75 mg",)}, atc="B01AC06")
    pain = ours("aspirine", {"sachet": ("500 mg",)}, atc="N02BA01")
    skin = ours("aspirine", {"gel": ("1 %",)}, route="cutanée")
    rows = [
        official("aspirine", {"sachet": ("75 mg", "160 mg")}, atc="B01AC06"),
        official("aspirine", {"gel": ("2 %",)}, route="cutanée"),
    ]
    found = merge([clots, pain, skin], rows, source="s").ours
    assert [dict(row.by_form) for row in found] == [
        {"sachet": ("75 mg", "160 mg")},
        {"sachet": ("500 mg",)},
        {"gel": ("1 %", "2 %")},
    ]


def test_new_brands_come_behind_and_known_ones_stay_ours_however_they_are_spelt() -> None:
    own = ours("fumigine", {"comprimé": ("5 mg",)}, "Di-Fumol")
    brands = [("DIFUMOL", {"comprimé": ("5 mg",)}), ("Neufum", {"comprimé": ("5 mg",)})]
    merged = merge([own], [official("fumigine", {"comprimé": ("5 mg",)}, brands)], source="BDPM x")
    assert [drug.name for drug in merged.ours[0].drugs] == ["Fumigine", "Di-Fumol"]
    ((new,),) = [row.drugs for row in merged.more]
    assert (new.name, new.substance, new.source, new.sold) == ("Neufum", "fumigine", "BDPM x", True)


def test_a_brand_has_its_own_forms_unless_a_longer_name_begins_with_it() -> None:
    own = ours("fumigine", {"comprimé": ("5 mg",), "gel": ("1 %",)}, "Fumgel", "Fumor", "Fumor Tissu")
    brands = [(name, {"gel": ("1 %",)}) for name in ("Fumgel", "Fumor", "Fumor Tissu")]
    sold = official("fumigine", {"comprimé": ("5 mg",), "gel": ("1 %",)}, brands)
    forms = {drug.name: drug.forms for drug in merge([own], [sold], source="s").ours[0].drugs}
    assert forms == {
        "Fumigine": ("comprimé", "gel"),
        "Fumgel": ("gel",),
        "Fumor": ("comprimé", "gel"),
        "Fumor Tissu": ("gel",),
    }


def test_a_brand_has_its_own_strengths_its_substance_all() -> None:
    own = ours("fumigine", {"sachet": ("75 mg", "1 g"), "sirop": ("2,4 %",)}, "Fumcoeur", "Fumdol", "Fumnul")
    brands = [
        ("FUMCOEUR", {"sachet": ("75 mg", "160 mg")}),
        ("FUMDOL", {"sachet": ("1000 mg",), "sirop": ("24 mg/mL",)}),
        ("FUMNUL", {"sachet": ()}),
    ]
    whole = {"sachet": ("75 mg", "160 mg", "1000 mg"), "sirop": ("24 mg/mL",)}
    (row,) = merge([own], [official("fumigine", whole, brands)], source="s").ours
    assert {drug.name: drug.strengths for drug in row.drugs} == {
        "Fumigine": ("75 mg", "1 g", "160 mg", "2,4 %", "24 mg/mL"),
        "Fumcoeur": ("75 mg", "160 mg"),
        "Fumdol": ("1 g", "2,4 %", "24 mg/mL"),
        "Fumnul": ("75 mg", "1 g", "160 mg"),
    }


def test_a_brand_that_a_longer_name_begins_with_keeps_all_strengths() -> None:
    own = ours("fumigine", {"comprimé": ("5 mg", "500 mg")}, "Fumor", "Fumor Fort")
    brands = [("Fumor", {"comprimé": ("5 mg",)}), ("Fumor Fort", {"comprimé": ("500 mg",)})]
    sold = official("fumigine", {"comprimé": ("5 mg", "500 mg")}, brands)
    (row,) = merge([own], [sold], source="s").ours
    assert [drug.strengths for drug in row.drugs] == [("5 mg", "500 mg"), ("5 mg", "500 mg"), ("500 mg",)]


def test_brands_that_left_the_market_are_marked_and_those_that_came_back_are_not() -> None:
    own = ours("fumigine", {"comprimé": ("5 mg",)}, "Vieuxfum", "Fumor")
    gone = official("fumigine", {"comprimé": ("5 mg",)}, [("Vieuxfum", {}), ("Fumor", {})], sold=False)
    sold = official("fumigine", {"comprimé": ("5 mg",)}, [("Fumor", {})])
    (row,) = merge([own], [sold, gone], source="s").ours
    assert [(drug.name, drug.sold) for drug in row.drugs] == [
        ("Fumigine", True),
        ("Vieuxfum", False),
        ("Fumor", True),
    ]


def test_rows_survive_their_trip_to_the_file() -> None:
    rows = [official("a/b", {"gel": ("1 %",)}, [("Fumgel", {"gel": ()})], route="cutanée", composed=("gel",))]
    assert rows_from_plain(plain_rows(rows)) == rows
