"""Finds the ATC code of products: direct, by generic group, inferred from substance and route or names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.matching.drug_names import fold
from pipeline.matching.official.product import Product


def with_atc(
    products: Sequence[Product], direct: Mapping[str, str], names: Mapping[str, frozenset[str]]
) -> list[Product]:
    """Return the products with their ATC codes and where those come from.

    A code is inferred only where all that is known agrees: another product of the group, of the same
    substances by the same routes, or the one code that a name has. Where two codes are possible
    (aspirin against pain or against clots) none is given.

    Args:
        products: of the newest edition.
        direct: code by CIS, as published (CIS_MITM).
        names: codes of seven characters by folded name (edsnlp).
    """
    known = [_known(product, direct) for product in products]
    by_group = _agreed((group.split(" ")[0], one.atc) for one in known if one.atc for group in one.groups)
    known = [
        one
        if one.atc
        else _first(one, "group", (by_group.get(group.split(" ")[0], "") for group in one.groups))
        for one in known
    ]
    by_substance = _agreed((_key(one), one.atc) for one in known if one.atc and one.substance)
    known = [
        one if one.atc else _first(one, "substance", (by_substance.get(_key(one), ""),)) for one in known
    ]
    return [one if one.atc or one.kind else _first(one, "edsnlp", _of_names(one, names)) for one in known]


def _known(product: Product, direct: Mapping[str, str]) -> Product:
    code = direct.get(product.cis, "")
    return replace(product, atc=code, atc_origin="direct") if code else product


def _first(product: Product, origin: str, codes: Iterable[str]) -> Product:
    code = next((code for code in codes if code), "")
    return replace(product, atc=code, atc_origin=origin) if code else product


def _key(product: Product) -> str:
    return "|".join((fold(product.substance), *sorted(product.routes), product.kind))


def _agreed(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the code of each key that has but one."""
    codes: dict[str, set[str]] = defaultdict(set)
    for key, code in pairs:
        codes[key].add(code)
    return {key: next(iter(found)) for key, found in codes.items() if len(found) == 1}


def _of_names(product: Product, names: Mapping[str, frozenset[str]]) -> Iterable[str]:
    for name in (product.brand, product.substance):
        codes = names.get(fold(name), frozenset()) if name else frozenset()
        if len(codes) == 1:
            yield next(iter(codes))
