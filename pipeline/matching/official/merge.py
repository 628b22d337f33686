"""Puts the official database behind our own table: usual names stay ours, what is sold is the official's.

Which strengths win: for what is counted out (tablets, capsules, sachets ...) the official list, where it has
that form and names say the strength, because it is whole and of a known day; a strength that only our table
has is no longer sold, and a doctor who writes it should be asked. For all else (liquids, creams, inhalers,
injections) both together: one concentration has many ways of being written, ours are those of prescriptions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from pipeline.domain.drug import Drug
from pipeline.domain.strength import strength_key
from pipeline.matching.brand_strengths import COUNTED, amounts_key, of_form
from pipeline.matching.drug_names import fold, joined
from pipeline.matching.drug_table import Row
from pipeline.matching.official.rows import ByForm, OfficialName, OfficialRow

MOST_NAMED = 3
"""Combinations of more parts have no name that anybody writes, other than their brands."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What the formulary is built from.

    Attributes:
        ours: our own rows, in their order, with the official strengths.
        more: rows and names that only the official database has.
    """

    ours: tuple[Row, ...]
    more: tuple[Row, ...]


def merge(ours: Sequence[Row], official: Iterable[OfficialRow], *, source: str) -> Merged:
    """Merge our own table with the official database.

    Args:
        ours: our rows.
        official: its rows, those that are sold no more last.
        source: name and edition of the database, kept with what comes from it.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(ours):
        places[fold(own.drugs[0].substance)].append(number)
    names = {joined(drug.name) for own in ours for drug in own.drugs}
    found: dict[int, list[OfficialRow]] = defaultdict(list)
    more: list[Row] = []
    sold: set[str] = set()
    gone: set[str] = set()
    for row in official:
        (sold if row.sold else gone).update(joined(one.name) for one in row.brands)
        place = _place(row, ours, places[fold(row.substance)]) if row.sold else None
        if place is not None:
            found[place].append(row)
        brands = tuple(_brand(row, one, source) for one in row.brands if joined(one.name) not in names)
        if place is None and (row.sold or joined(row.substance) not in names):
            named = row.substance.count("/") < MOST_NAMED
            drugs = (_substance(row, source), *brands) if named else brands
            more += [Row(drugs, row.by_form if row.sold else ())] if drugs else []
        elif brands:
            more.append(Row(brands, ()))
    gone -= sold
    stems = _stems(names | sold)
    completed = [_completed(own, found[number], stems) for number, own in enumerate(ours)]
    return Merged(tuple(_marked(own, sold, gone) for own in completed), tuple(more))


def _place(row: OfficialRow, ours: Sequence[Row], places: Sequence[int]) -> int | None:
    """Return which of our rows of that substance an official row belongs to; None = none of them."""
    same_way = [place for place in places if ours[place].drugs[0].route == row.route]
    if len(same_way) > 1:
        same_way = [place for place in same_way if ours[place].drugs[0].atc == row.atc]
    if same_way:
        return same_way[0]
    forms = {form for form, _ in row.by_form}
    sharing = [place for place in places if forms & set(ours[place].drugs[0].forms)]
    return sharing[0] if len(sharing) == 1 else None


def _completed(row: Row, official: Sequence[OfficialRow], stems: set[str]) -> Row:
    """Return one of our rows with the official strengths, and brands with their own forms and strengths.

    Args:
        row: ours.
        official: what the database has of it.
        stems: names that longer ones begin with: "Flector" alone may mean "Flector Tissugel", so that it
            keeps all forms and strengths.
    """
    if not official:
        return row
    theirs: dict[str, list[str]] = defaultdict(list)
    surely: set[str] = set()
    way = row.drugs[0].route
    ours = dict(row.by_form)
    for one in official:
        for form, strengths in one.by_form:
            if form in ours or one.route == way:
                theirs[form] += strengths
                surely |= {form} - set(one.composed)
    by_form = tuple(
        (form, _chosen(ours.get(form, ()), theirs[form], wins=form in COUNTED and form in surely))
        for form in dict.fromkeys((*ours, *theirs))
    )
    own = {name: found for name, found in _own_forms(official).items() if name not in stems}
    drugs = []
    for drug in row.drugs:
        sold_as = own.get(joined(drug.name), {}) if drug.is_brand else {}
        its = [
            (form, of_form(form, found, sold_as[form])) for form, found in by_form if form in sold_as
        ] or by_form
        drugs.append(
            replace(
                drug,
                forms=tuple(form for form, _ in its),
                strengths=tuple(dict.fromkeys(text for _, found in its for text in found)),
            )
        )
    return Row(tuple(drugs), by_form)


def _stems(names: set[str]) -> set[str]:
    """Return the names with which another one begins."""
    ordered = sorted(names)
    return {one for one, following in pairwise(ordered) if following.startswith(one)}


def _own_forms(official: Sequence[OfficialRow]) -> dict[str, dict[str, list[str]]]:
    """Return each brand's forms and their strengths: Kétoderm is a gel, its substance a tablet, too."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in official:
        for one in row.brands:
            for form, strengths in one.by_form:
                found[joined(one.name)][form] += strengths
    return found


def _chosen(ours: Sequence[str], theirs: Sequence[str], *, wins: bool) -> tuple[str, ...]:
    """Return the strengths of a form: all, or only those that the official list has if that one wins.

    A part of a combination's strength counts: "Magné B6 48 mg" is 48 mg/5 mg.
    """
    if not theirs:
        return tuple(ours)
    sold = [set(amounts_key(text)) for text in theirs]
    kept = [text for text in ours if not wins or any(set(amounts_key(text)) <= one for one in sold)]
    # The parts of a combination come in two orders: both are written.
    known = {strength_key(text) for text in kept}
    return tuple(dict.fromkeys((*kept, *(text for text in theirs if strength_key(text) not in known))))


def _marked(row: Row, sold: set[str], gone: set[str]) -> Row:
    """Return a row whose brands say whether they are sold, as the official database knows."""
    drugs = tuple(
        replace(drug, sold=True)
        if not drug.sold and joined(drug.name) in sold
        else replace(drug, sold=False)
        if drug.is_brand and joined(drug.name) in gone
        else drug
        for drug in row.drugs
    )
    return Row(drugs, row.by_form)


def _substance(row: OfficialRow, source: str) -> Drug:
    return _drug(row, row.substance[:1].upper() + row.substance[1:], row.by_form, source, is_brand=False)


def _brand(row: OfficialRow, one: OfficialName, source: str) -> Drug:
    return _drug(row, one.name, one.by_form, source, is_brand=True)


def _drug(row: OfficialRow, name: str, by_form: ByForm, source: str, *, is_brand: bool) -> Drug:
    return Drug(
        name=name,
        substance=row.substance,
        atc=row.atc or None,
        forms=tuple(form for form, _ in by_form),
        strengths=tuple(dict.fromkeys(text for _, found in by_form for text in found)),
        route=row.route or None,
        is_brand=is_brand,
        source=source,
        sold=row.sold,
    )
