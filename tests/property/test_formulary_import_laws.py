"""Laws of importing: once more is the same as once, and nothing that was known is ever lost."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.matching.official.editions import changes, merged
from pipeline.matching.official.product import Product, from_plain, to_plain

products = st.builds(
    Product,
    cis=st.integers(60_000_000, 60_000_009).map(str),
    name=st.sampled_from(["A 1 mg, comprimé", "B 2 mg, gélule", "C"]),
    brand=st.sampled_from(["", "A", "B"]),
    strength=st.sampled_from(["", "1 mg"]),
    kind=st.sampled_from(["", "", "homeopathic"]),
    marketed=st.booleans(),
    conditions=st.lists(st.sampled_from(["liste I", "stupéfiants"]), max_size=2).map(tuple),
)
editions = st.lists(products, max_size=8, unique_by=lambda one: one.cis)


def by_cis(found: list[Product]) -> dict[str, Product]:
    return {one.cis: one for one in found}


@settings(max_examples=150, deadline=None)
@given(editions, editions)
def test_import_twice_is_import_once(earlier: list[Product], later: list[Product]) -> None:
    known = by_cis(merged({}, earlier, "2026-01-01"))
    once = merged(known, later, "2026-02-01")
    twice = merged(by_cis(once), later, "2026-02-01")
    assert twice == once
    counted = changes(by_cis(once), twice)
    assert (counted.new, counted.changed, counted.vanished, counted.no_longer_sold) == (0, 0, 0, 0)


@settings(max_examples=150, deadline=None)
@given(st.lists(editions, min_size=1, max_size=4))
def test_no_product_and_no_name_is_ever_lost(history: list[list[Product]]) -> None:
    known: dict[str, Product] = {}
    seen: set[tuple[str, str]] = set()
    for month, edition in enumerate(history, start=1):
        known = by_cis(merged(known, edition, f"2026-{month:02}-01"))
        seen |= {(one.cis, one.name) for one in edition}
    kept = {(one.cis, name) for one in known.values() for name in (one.name, *one.former)}
    assert kept == seen
    assert {cis for cis, one in known.items() if one.present} == {one.cis for one in history[-1]}


@settings(max_examples=100, deadline=None)
@given(products)
def test_a_product_survives_its_trip_to_the_file(product: Product) -> None:
    product = replace(product, former=("X",), routes=("orale",))
    assert from_plain(to_plain(product)) == product
