"""Puts a new edition beside what earlier ones said: nothing that was known is lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.matching.official import raw as files
from pipeline.matching.official.product import Product
from pipeline.matching.official.raw import Raw

_DAY = re.compile(r"(\d{2})/(\d{2})/(20\d{2})")


@dataclass(frozen=True, slots=True)
class Changes:
    """What an edition changed, products counted by CIS.

    Attributes:
        new: not known before.
        changed: known, and said otherwise now.
        unchanged: as before.
        vanished: in the edition before, not in this one; kept, marked as gone.
        no_longer_sold: sold in the edition before, in this one not.
        gone: all that are kept from earlier editions only.
    """

    new: int
    changed: int
    unchanged: int
    vanished: int
    no_longer_sold: int
    gone: int


def edition_of(raw: Raw, *, today: date) -> date | None:
    """Return the newest day written in the files, not after today: the database is at least of that day.

    The files' own dates on the disk tell when they were copied, not when they were made. None = no day in
    them.
    """
    newest: date | None = None
    for name, columns in (
        (files.AVAILABILITY, (4, 5, 6)),
        (files.PRESENTATIONS, (5,)),
        (files.PRODUCTS, (7,)),
    ):
        for row in raw.rows.get(name, ()):
            for at in columns:
                day = _day(row[at]) if at < len(row) else None
                if day is not None and day <= today and (newest is None or day > newest):
                    newest = day
    return newest


def _day(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


def merged(known: Mapping[str, Product], imported: Iterable[Product], edition: str) -> list[Product]:
    """Return all products, by CIS: the new edition's with their history, and those of earlier ones only.

    Args:
        known: by CIS, as stored.
        imported: of the new edition, or once more of the newest one.
        edition: its ISO date.
    """
    products = {one.cis: _with_history(one, known.get(one.cis), edition) for one in imported}
    for cis, before in known.items():
        if cis not in products:
            products[cis] = replace(before, present=False)
    return [products[cis] for cis in sorted(products)]


def _with_history(product: Product, before: Product | None, edition: str) -> Product:
    sold = edition if product.marketed else ""
    if before is None:
        return replace(product, first=edition, last=edition, marketed_last=sold)
    former = before.former
    if before.name != product.name and before.name not in former:
        former = (*former, before.name)
    return replace(
        product,
        first=before.first,
        last=edition,
        marketed_last=sold or before.marketed_last,
        former=tuple(name for name in former if name != product.name),
    )


def changes(known: Mapping[str, Product], products: Sequence[Product]) -> Changes:
    """Count what the step from `known` to `products`, as `merged` returned them, changed."""
    new = changed = unchanged = vanished = unsold = 0
    for product in products:
        before = known.get(product.cis)
        if before is None:
            new += 1
            continue
        vanished += before.present and not product.present
        unsold += before.present and product.present and before.marketed and not product.marketed
        if product.present:
            same = _without_history(before) == _without_history(product)
            unchanged += same
            changed += not same
    gone = sum(not product.present for product in products)
    return Changes(new, changed, unchanged, vanished, unsold, gone)


def _without_history(product: Product) -> Product:
    return replace(product, first="", last="", marketed_last="", former=(), present=True)
