"""Makes products out of the raw rows of all files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from pipeline.matching.official import raw as files
from pipeline.matching.official.atc import with_atc
from pipeline.matching.official.names import brand_of, everyday_form, release_of
from pipeline.matching.official.product import Product
from pipeline.matching.official.raw import Problem, Raw
from pipeline.matching.official.strengths import resolve
from pipeline.matching.official.substances import Declared, Namer, our_releases

_GROUP_ROLES = {
    "0": "princeps",
    "1": "générique",
    "2": "générique par complémentarité posologique",
    "4": "générique substituable",
}
_EVERY = 1000
"""Products between two signs of progress."""
_NOTHING: tuple[tuple[str, ...], ...] = ()


def steps_of(rows: int) -> int:
    """Return how often `build` calls `step` for so many products."""
    return rows // _EVERY


def build(
    raw: Raw, names: Mapping[str, frozenset[str]], *, step: Callable[[], None] = lambda: None
) -> tuple[list[Product], tuple[Problem, ...]]:
    """Return the products of an edition, by CIS, and the rows that were left out.

    Args:
        raw: what the files hold.
        names: ATC codes of seven characters by folded name, for what nothing else knows.
        step: called now and then, see `steps_of`.
    """
    compositions = _by_cis(raw, files.COMPOSITION)
    declared = {cis: [Declared.of(row) for row in rows] for cis, rows in compositions.items()}
    namer = Namer(declared.values())
    others = _Others(raw)
    products: dict[str, Product] = {}
    problems = list(raw.problems)
    for number, row in enumerate(raw.rows[files.PRODUCTS], start=1):
        if row[0] in products:
            problems.append(
                Problem(files.PRODUCTS, number, f"code CIS {row[0]} en double", f"CIS code {row[0]} twice")
            )
        else:
            products[row[0]] = _product(row, namer, declared.get(row[0], []), others)
        if number % _EVERY == 0:
            step()
    direct = {row[0]: row[1] for row in raw.rows.get(files.ATC, _NOTHING) if row[1]}
    return with_atc([products[cis] for cis in sorted(products)], direct, names), tuple(problems)


class _Others:
    """What the smaller files say of each product."""

    def __init__(self, raw: Raw) -> None:
        self.conditions = {
            cis: tuple(dict.fromkeys(row[1] for row in rows if row[1]))
            for cis, rows in _by_cis(raw, files.CONDITIONS).items()
        }
        self.presentations = {
            cis: tuple(row[2] for row in rows) for cis, rows in _by_cis(raw, files.PRESENTATIONS).items()
        }
        self.availability = {
            cis: "; ".join(dict.fromkeys(row[3] for row in rows if row[3]))
            for cis, rows in _by_cis(raw, files.AVAILABILITY).items()
        }
        self.groups: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for row in raw.rows.get(files.GROUPS, _NOTHING):
            self.groups[row[2]].append(row)


def _product(row: Sequence[str], namer: Namer, declared: Sequence[Declared], others: _Others) -> Product:
    cis, name, form, ways, status, procedure, state = row[:7]
    routes = tuple(way.strip() for way in ways.split(";") if way.strip())
    kind = _kind(procedure, declared)
    ingredients = () if kind == "homeopathic" else namer.ingredients(declared)
    substance = namer.combination(one.dci for one in ingredients)
    strength, strength_from = resolve(name, ingredients) if kind != "homeopathic" else ("", "")
    groups = others.groups.get(cis, [])
    spoken = [text for one in ingredients for text in (one.dci, one.name, one.part) if text]
    return Product(
        cis=cis,
        name=name,
        brand=brand_of(name, spoken, row[10], strength=strength),
        substance=_released(substance, release_of(name, form)) if substance else "",
        ingredients=ingredients,
        form=form,
        everyday_form=everyday_form(form, routes, name, others.presentations.get(cis, ()), substance),
        routes=routes,
        strength=strength,
        strength_from=strength_from,
        groups=tuple(f"{group[0]} {group[1]}" for group in groups),
        group_role=_GROUP_ROLES.get(groups[0][3], "") if groups else "",
        conditions=others.conditions.get(cis, ()),
        kind=kind,
        status=status,
        marketed=state.lower().startswith("commercialisée"),
        availability=others.availability.get(cis, ""),
    )


def _kind(procedure: str, declared: Sequence[Declared]) -> str:
    """Say what is no ordinary drug; some homeopathic products have a full authorisation."""
    words = procedure.lower()
    if "homéo" in words or (declared and all("homéopathique" in one.name.lower() for one in declared)):
        return "homeopathic"
    return "herbal" if "phyto" in words else ""


def _released(substance: str, release: str) -> str:
    """Return a substance with its slow release behind, as our own table and the names say it.

    A name with "LP" in it is slow; a form that is slow counts where our table parts the substance so.
    """
    ours = our_releases(substance)
    if not release:
        return substance
    said = release.strip("()")
    if said in ours:
        return f"{substance} {said}"
    other = next((one for one in ours if one), "")
    if other:
        return f"{substance} {other}"
    return substance if release != said and "" in ours else f"{substance} {said}"


def _by_cis(raw: Raw, name: str) -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for row in raw.rows.get(name, _NOTHING):
        found[row[0]].append(row)
    return found
