"""Holds our own table against the official database: what a person should look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.matching.brand_strengths import COUNTED, amounts_key
from pipeline.matching.drug_names import fold, joined
from pipeline.matching.drug_table import Row
from pipeline.matching.official.rows import OfficialRow

KINDS = (
    *("strengths", "substance unknown", "atc"),
    *("brand: other substance", "brand not sold", "brand unknown"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the two say differently.

    Attributes:
        subject: substance with its form, or brand.
        kind: one of `KINDS`.
        ours, official: what each says.
    """

    subject: str
    kind: str
    ours: str
    official: str


def differences(ours: Sequence[Row], official: Iterable[OfficialRow]) -> Iterator[Difference]:
    """Yield what differs, in the order of our table.

    Strengths are compared for counted forms only, over all rows of a substance; the same amount in other
    words or another order ("1 g", "1000 mg") is no difference.
    """
    rows = list(official)
    theirs: dict[tuple[str, str], list[str]] = defaultdict(list)
    substances_of: dict[str, set[str]] = defaultdict(set)
    unsold: set[str] = set()
    codes: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for brand in row.brands:
            (substances_of[joined(brand.name)] if row.sold else unsold).add(
                row.substance if row.sold else joined(brand.name)
            )
        if row.sold:
            codes[fold(row.substance)].add(row.atc)
            for form, strengths in row.by_form:
                theirs[fold(row.substance), form] += strengths
    own: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in ours:
        for form, strengths in line.by_form:
            own[fold(line.drugs[0].substance), form] += strengths
    for line in ours:
        yield from _of_row(line, own, theirs, codes)
        yield from _of_brands(line, substances_of, unsold)


def _of_row(
    row: Row,
    own: dict[tuple[str, str], list[str]],
    theirs: dict[tuple[str, str], list[str]],
    codes: dict[str, set[str]],
) -> Iterator[Difference]:
    substance = row.drugs[0].substance
    if fold(substance) not in codes:
        yield Difference(substance, "substance unknown", "", "")
        return
    atc = row.drugs[0].atc or ""
    if atc not in codes[fold(substance)] and any(codes[fold(substance)]):
        yield Difference(substance, "atc", atc, " | ".join(sorted(filter(None, codes[fold(substance)]))))
    for form in sorted(
        {form for form, _ in row.by_form} | {form for name, form in theirs if name == fold(substance)}
    ):
        key = (fold(substance), form)
        if form in COUNTED and theirs[key]:
            mine = {amounts_key(text): text for text in own[key]}
            sold = {amounts_key(text): text for text in theirs[key]}
            if mine.keys() != sold.keys():
                yield Difference(
                    f"{substance}: {form}",
                    "strengths",
                    " | ".join(text for key, text in mine.items() if key not in sold) or "-",
                    " | ".join(text for key, text in sold.items() if key not in mine) or "-",
                )


def _of_brands(row: Row, substances_of: dict[str, set[str]], unsold: set[str]) -> Iterator[Difference]:
    for drug in row.drugs[1:]:
        found = substances_of.get(joined(drug.name), set())
        if found and fold(drug.substance) not in set(map(fold, found)):
            yield Difference(drug.name, "brand: other substance", drug.substance, " | ".join(sorted(found)))
        elif not found and drug.sold:
            kind = "brand not sold" if joined(drug.name) in unsold else "brand unknown"
            yield Difference(drug.name, kind, drug.substance, "")
