"""Reads the tables of drug names: our own of what GPs prescribe, and edsnlp's list of ATC names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from pipeline.domain.drug import Drug
from pipeline.matching.drug_names import fold

TABLES = Path(__file__).parent / "tables"
EDITION = "2026-11.3"
"""Edition of `tables/gp_drugs.tsv`; raise it with every change of a row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One substance with what it is sold as.

    Attributes:
        drugs: the DCI first, then the brands.
        by_form: form and its strengths, usual form first.
    """

    drugs: tuple[Drug, ...]
    by_form: tuple[tuple[str, tuple[str, ...]], ...]


def lines_of(name: str) -> Iterator[str]:
    """Yield a table's lines without comments and blank lines."""
    for line in (TABLES / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def gp_rows() -> list[Row]:
    """Return our own table."""
    rows = []
    ended = _no_longer_sold()
    lines = lines_of("gp_drugs.tsv")
    next(lines)
    for line in lines:
        substance, atc, forms, route, brands = line.split("\t")
        by_form = tuple(_form(part) for part in forms.split(" ; "))
        strengths = tuple(dict.fromkeys(s for _, found in by_form for s in found))
        names = [(_capital(substance), False)]
        names += [(brand, True) for brand in brands.split(" ; ") if brand]
        drugs = tuple(
            Drug(
                name=name,
                substance=substance,
                atc=atc or None,
                forms=tuple(form for form, _ in by_form),
                strengths=strengths,
                route=route or None,
                is_brand=is_brand,
                source=f"gp_drugs {EDITION}",
                sold=fold(name) not in ended,
            )
            for name, is_brand in names
        )
        rows.append(Row(drugs, by_form))
    return rows


def substance_of_code(rows: Iterable[Row]) -> dict[str, str]:
    """Return the substance of every full ATC code that stands for one alone, prolonged release aside."""
    found: dict[str, set[str]] = {}
    for row in rows:
        drug = row.drugs[0]
        if drug.atc and len(drug.atc) == 7:
            found.setdefault(drug.atc, set()).add(re.sub(r" L[PM]$", "", drug.substance))
    return {code: names.pop() for code, names in found.items() if len(names) == 1}


def edsnlp_drugs(known: set[str], of_code: Mapping[str, str] | None = None) -> list[Drug]:
    """Return edsnlp's names whose folded form is not in `known`, ATC codes of five characters and more.

    In that list a DCI is lower case, a brand upper case; some DCIs are misspelt there.

    Args:
        known: folded names.
        of_code: substances by ATC code, as our table writes them; None = as edsnlp does.
    """
    source = f"edsnlp {_edsnlp_version()}"
    found: dict[str, Drug] = {}
    for atc, names in _edsnlp_table().items():
        substances = [name for name in names if name == name.lower()]
        for name in names if len(atc) >= 5 else ():
            key = fold(name)
            if len(key) >= 4 and key not in known and key not in found:
                is_brand = name != name.lower()
                substance = substances[0] if is_brand and substances else name.lower()
                substance = (of_code or {}).get(atc, substance)
                written = name.title() if is_brand else _capital(name)
                found[key] = Drug(written, substance, atc, is_brand=is_brand, source=source)
    return list(found.values())


def atc_of_names() -> dict[str, frozenset[str]]:
    """Return edsnlp's codes of seven characters by folded name; most names have one."""
    found: dict[str, set[str]] = {}
    for atc, names in _edsnlp_table().items():
        for name in names if len(atc) == 7 else ():
            found.setdefault(fold(name), set()).add(atc)
    return {name: frozenset(codes) for name, codes in found.items()}


def _edsnlp_table() -> dict[str, list[str]]:
    """Read edsnlp's names by ATC code from the package's file, because importing edsnlp takes seconds."""
    spec = find_spec("edsnlp")
    if spec is None or spec.origin is None:
        return {}
    table = Path(spec.origin).parent / "resources" / "drugs.json"
    return dict(json.loads(table.read_text(encoding="utf-8")))


def edition(official: str = "") -> str:
    """Return name and edition of all tables together.

    Args:
        official: name and edition of the imported database; "" = none.
    """
    return " + ".join(
        part for part in (f"gp_drugs {EDITION}", official, f"edsnlp {_edsnlp_version()}") if part
    )


@dataclass(frozen=True, slots=True)
class OldBrand:
    """A brand that is no longer sold and that doctors still write.

    Attributes:
        name: the brand.
        substance: what it was, in the words of `gp_drugs.tsv` where that table has it.
        atc: its code.
        ended: year of the end of sale; "" = not known for sure.
        note: why, or what is written instead, French.
    """

    name: str
    substance: str
    atc: str
    ended: str
    note: str


def old_brands() -> list[OldBrand]:
    """Return the reviewed table of brands that are no longer sold."""
    lines = lines_of("old_brands.tsv")
    next(lines)
    return [OldBrand(*line.split("\t")) for line in lines]


def old_brand_drugs(rows: Sequence[Row], known: set[str]) -> list[Drug]:
    """Return the old brands whose folded names are not in `known`, with what is known of that use."""
    by_use = {(fold(row.drugs[0].substance), row.drugs[0].atc): row.drugs[0] for row in reversed(rows)}
    drugs = []
    for old in old_brands():
        if fold(old.name) not in known:
            unknown = Drug(old.name, old.substance, old.atc)
            same = by_use.get((fold(old.substance), old.atc), unknown)
            source = f"old_brands {EDITION}"
            drugs.append(replace(same, name=old.name, is_brand=True, source=source, sold=False))
    return drugs


def _no_longer_sold() -> frozenset[str]:
    return frozenset(fold(old.name) for old in old_brands())


def short_forms() -> list[tuple[str, str]]:
    """Return (short form, name)."""
    return pairs("short_forms.tsv")


def look_alikes() -> frozenset[frozenset[str]]:
    """Return the pairs of names, folded, that have been mixed up."""
    return frozenset(frozenset((fold(one), fold(other))) for one, other in pairs("look_alikes.tsv"))


def not_drugs() -> frozenset[str]:
    """Return the words, folded, that alone never count as a drug."""
    return frozenset(fold(line) for line in lines_of("not_drugs.txt"))


def pairs(name: str) -> list[tuple[str, str]]:
    """Return a table of two columns, its heading left out."""
    lines = lines_of(name)
    next(lines)
    return [(one, other) for one, other in (line.split("\t") for line in lines)]


def _form(part: str) -> tuple[str, tuple[str, ...]]:
    form, _, strengths = part.partition(":")
    return form.strip(), tuple(s.strip() for s in strengths.split("|") if s.strip())


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _edsnlp_version() -> str:
    try:
        return version("edsnlp")
    except PackageNotFoundError:
        return "absent"
