"""What is known of one drug, as lines for the terminal: our own table's entry, then the official products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipeline.domain.drug import Drug
from pipeline.matching import drug_table
from pipeline.matching.drug_names import fold, joined
from pipeline.matching.formulary import Formulary
from pipeline.matching.official.archive import Edition, load
from pipeline.matching.official.product import Product

KINDS = {"homeopathic": "homéopathie / homeopathic", "herbal": "phytothérapie / herbal"}
ORIGINS = {
    "direct": "publié / published",
    "group": "par groupe générique / by generic group",
    "substance": "déduit : même substance et voie / inferred: same substance and route",
    "edsnlp": "déduit : noms d'edsnlp / inferred: edsnlp's names",
}
BASES = {
    "FT": "fraction thérapeutique (FT) / active part",
    "SA": "substance active déclarée (SA) / declared substance",
    "FT+SA": "FT et / and SA",
    "name": "dénomination seule / the name alone",
    "composition": "composition : la dénomination n'en a pas / composition: the name has none",
}
MOST = 40
"""Products told one by one; of more, the first."""


def sheet(name: str, path: Path) -> list[str]:
    """Return what is known of a name, a short form or a CIS code; empty = nothing.

    Raises:
        BadFormulary: the imported file is damaged.
    """
    formulary = Formulary.with_official(path)
    imported = load(path)
    entries = formulary.lookup(name)
    meant = formulary.meanings(name)
    wanted = {joined(name)} | {joined(drug.name) for drug in entries}
    found = [one for one in (imported.products or {}).values() if _is_meant(one, wanted, name)]
    lines: list[str] = []
    if len(meant) > 1:
        lines.append(
            f"« {name} » : plusieurs sens / several meanings: {', '.join(drug.name for drug in meant)}"
        )
    for drug in entries:
        lines += _entry(drug)
    if found:
        lines += _official(found, imported.editions)
    return lines


def _is_meant(product: Product, wanted: set[str], name: str) -> bool:
    names = [product.brand, product.substance] if not product.kind else [product.brand, product.name]
    return product.cis == name.strip() or any(joined(one) in wanted for one in names if one)


def _entry(drug: Drug) -> Iterator[str]:
    yield f"{drug.name} = {drug.substance}"
    yield f"  ATC : {drug.atc or '-'}"
    yield f"  formes / forms : {', '.join(drug.forms) or '-'}"
    yield f"  dosages / strengths : {', '.join(drug.strengths) or '-'}"
    yield f"  voie / route : {drug.route or '-'}"
    yield f"  source : {drug.source}"
    if not drug.sold:
        old = next((one for one in drug_table.old_brands() if fold(one.name) == fold(drug.name)), None)
        since = f" ({old.ended}) : {old.note}" if old else ""
        yield f"  n'est plus commercialisé / no longer sold{since}"


def _official(products: Sequence[Product], editions: Sequence[Edition]) -> Iterator[str]:
    newest = editions[-1]
    yield f"BDPM {newest.day}, {len(products)} produits / products. {newest.source}"
    yield from _shared("substances", Counter(one.substance for one in products if one.substance))
    yield from _shared(
        "ATC", Counter(f"{one.atc} ({ORIGINS[one.atc_origin]})" for one in products if one.atc)
    )
    yield from _shared("groupes / groups", Counter(text for one in products for text in one.groups))
    yield from _shared("conditions", Counter(text for one in products for text in one.conditions))
    for product in sorted(products, key=lambda one: (not one.offered, one.name))[:MOST]:
        yield from _product(product)
    if len(products) > MOST:
        yield f"  ... {len(products) - MOST} de plus / more"


def _shared(title: str, counted: Counter[str]) -> Iterator[str]:
    if counted:
        yield f"  {title} :"
        yield from (f"    {text}" for text, _ in counted.most_common(MOST))


def _product(product: Product) -> Iterator[str]:
    state = ", ".join(_state(product))
    yield f"  {product.cis} {product.name}{f' [{state}]' if state else ''}"
    if product.strength:
        yield f"    {product.strength} : {BASES[product.strength_from]}"
    for one in product.ingredients:
        part = f" = {one.part} {one.part_amount}".rstrip() if one.part else ""
        yield f"    {one.name} {one.amount}".rstrip() + part + (f" / {one.per}" if one.per else "")
    if product.former:
        yield f"    auparavant / formerly : {', '.join(product.former)}"


def _state(product: Product) -> Iterable[str]:
    if product.kind:
        yield KINDS[product.kind]
    if not product.present:
        yield f"retiré de la base après / gone from the database after {product.last}"
    elif not product.marketed:
        yield "non commercialisé / not sold"
    if product.availability:
        yield product.availability
