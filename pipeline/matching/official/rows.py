"""Gathers products into what the formulary works with: a row for each substance and way of giving it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from pipeline.domain.strength import strength_key
from pipeline.matching import drug_table
from pipeline.matching.drug_names import fold
from pipeline.matching.official.product import Product
from pipeline.matching.official.strengths import amounts_of

ByForm = tuple[tuple[str, tuple[str, ...]], ...]
_LEAST_LETTERS = 3
MOST_PARTS = 4
"""Substances of more parts are called by their first ones."""


@dataclass(frozen=True, slots=True)
class OfficialName:
    """A brand of a row, with the forms and strengths that it is sold in itself."""

    name: str
    by_form: ByForm


@dataclass(frozen=True, slots=True)
class OfficialRow:
    """A substance as the official database sells it by one way.

    Attributes:
        substance: as in `Drug.substance`.
        atc: the commonest code of its products; "" = none.
        route: "orale", "cutanée" ..., as in our own table; "" = another.
        by_form: everyday forms with their strengths, commonest form first.
        brands: names that are not the substance's.
        sold: False = none of it is marketed now.
        composed: forms whose strengths no name says: they are computed from compositions.
    """

    substance: str
    atc: str
    route: str
    by_form: ByForm
    brands: tuple[OfficialName, ...]
    sold: bool = True
    composed: tuple[str, ...] = ()


_ROUTES = (
    ("inhalée", "inhalée"),
    ("ophtalmique", "ophtalmique"),
    ("auriculaire", "auriculaire"),
    ("nasale", "nasale"),
    ("vaginale", "vaginale"),
    ("rectale", "rectale"),
    ("transdermique", "transdermique"),
    ("cutanée", "cutanée"),
    ("buccale", "buccale"),
    ("sublinguale", "sublinguale"),
    ("gingivale", "buccale"),
    ("orale", "orale"),
    ("sous-cutanée", "sous-cutanée"),
    ("intramusculaire", "im"),
    ("intraveineuse", "iv"),
)


def route_of(product: Product) -> str:
    """Return the way a product is given, in the words of our own table; "" = another."""
    ways = set(product.routes)
    if "orale" in ways:
        return "orale"
    return next(
        (
            ours
            for published, ours in _ROUTES
            if any(published == w or f" {published} " in f" {w} " for w in ways)
        ),
        "",
    )


def rows_of(products: Iterable[Product]) -> list[OfficialRow]:
    """Return the rows of all ordinary drugs; last what is sold no more, with names that nothing sold has.

    Homeopathic and herbal products are left out.
    """
    ordinary = [one for one in products if not one.kind and len(one.substance) >= _LEAST_LETTERS]
    sold = [one for one in ordinary if one.offered]
    rows = [_row(group, sold=True) for group in _grouped(sold)]
    taken = {fold(one.name) for row in rows for one in row.brands} | {fold(row.substance) for row in rows}
    gone = [_row(group, sold=False) for group in _grouped(one for one in ordinary if not one.offered)]
    for row in gone:
        brands = tuple(one for one in row.brands if fold(one.name) not in taken)
        if brands or fold(row.substance) not in taken:
            rows.append(replace(row, brands=brands))
    return rows


def _grouped(products: Iterable[Product]) -> list[list[Product]]:
    groups: dict[tuple[str, str, str], list[Product]] = defaultdict(list)
    for product in products:
        route = route_of(product)
        parted = (fold(product.substance), route) in _parted_by_atc()
        groups[product.substance, route, product.atc if parted else ""].append(product)
    return [groups[key] for key in sorted(groups)]


@cache
def _parted_by_atc() -> frozenset[tuple[str, str]]:
    """Return substance and route of which our own table has several rows (aspirin: clots, pain)."""
    found = Counter((fold(row.drugs[0].substance), row.drugs[0].route or "") for row in drug_table.gp_rows())
    return frozenset(key for key, count in found.items() if count > 1)


def _row(products: Sequence[Product], *, sold: bool) -> OfficialRow:
    brands: dict[str, list[Product]] = defaultdict(list)
    for product in products:
        if any(len(word) >= _LEAST_LETTERS for word in fold(product.brand).split()):
            brands[fold(product.brand)].append(product)
    codes = Counter(product.atc for product in products if product.atc)
    return OfficialRow(
        _shortened(products[0].substance),
        min(codes, key=lambda code: (-codes[code], code)) if codes else "",
        route_of(products[0]),
        _by_form(products),
        tuple(OfficialName(found[0].brand, _by_form(found)) for _, found in sorted(brands.items())),
        sold,
        tuple(form for form, found in _forms_of(products).items() if not any(map(_is_named, found))),
    )


def _shortened(substance: str) -> str:
    """Return a substance's name; of a vaccine or a drip with many parts, the first ones."""
    parts = substance.split("/")
    return substance if len(parts) <= MOST_PARTS else f"{'/'.join(parts[:2])}/+{len(parts) - 2}"


def _by_form(products: Sequence[Product]) -> ByForm:
    """Return forms with their strengths: those of names; of compositions only where no name has one."""
    forms = _forms_of(products)
    order = sorted(forms, key=lambda form: (-len(forms[form]), form))
    return tuple((form, _strengths(forms[form])) for form in order)


def _forms_of(products: Sequence[Product]) -> dict[str, list[Product]]:
    forms: dict[str, list[Product]] = defaultdict(list)
    for product in products:
        if product.everyday_form:
            forms[product.everyday_form].append(product)
    return forms


def _is_named(product: Product) -> bool:
    """Whether the product's own name says its strength."""
    return bool(product.strength) and product.strength_from != "composition" and not _says_more(product)


def _strengths(products: Sequence[Product]) -> tuple[str, ...]:
    named = [one.strength for one in products if _is_named(one)]
    found = named or [one.strength for one in products if one.strength and not _says_more(one)]
    distinct: dict[object, str] = {}
    for strength in sorted(found, key=lambda text: (len(text), text)):
        distinct.setdefault(strength_key(strength) or strength, strength)
    return tuple(distinct[key] for key in sorted(distinct, key=_order))


def _says_more(product: Product) -> bool:
    """Whether a name has more amounts than the composition has substances: one is not understood."""
    amounts = amounts_of(product.strength)
    return product.strength_from == "name" and len(amounts) > max(
        1, len({one.dci for one in product.ingredients})
    )


def _order(key: object) -> tuple[object, ...]:
    if isinstance(key, tuple) and key:
        return (0, [(unit, value) for value, unit in key])
    return (1, [(str(key), 0)])


def plain_rows(rows: Sequence[OfficialRow]) -> list[list[object]]:
    """Return rows as JSON can hold them."""
    return [
        [
            row.substance,
            row.atc,
            row.route,
            [[form, list(found)] for form, found in row.by_form],
            [[one.name, [[form, list(found)] for form, found in one.by_form]] for one in row.brands],
            int(row.sold),
            list(row.composed),
        ]
        for row in rows
    ]


def rows_from_plain(plain: Iterable[Sequence[object]]) -> list[OfficialRow]:
    """Return the rows that `plain_rows` made."""
    return [
        OfficialRow(
            str(substance),
            str(atc),
            str(route),
            _forms_from(forms),
            tuple(OfficialName(name, _forms_from(own)) for name, own in brands),  # type: ignore[attr-defined]
            bool(sold),
            tuple(composed),  # type: ignore[arg-type]
        )
        for substance, atc, route, forms, brands, sold, composed in plain
    ]


def _forms_from(plain: object) -> ByForm:
    return tuple((form, tuple(found)) for form, found in plain)  # type: ignore[attr-defined]


def counts_of(rows: Sequence[OfficialRow]) -> Mapping[str, int]:
    """Return how many substances and brands the rows hold, sold ones."""
    return {
        "substances": len({fold(row.substance) for row in rows if row.sold}),
        "brands": len({fold(one.name) for row in rows if row.sold for one in row.brands}),
    }
