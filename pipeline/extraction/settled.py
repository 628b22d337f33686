"""What a drug leaves no choice about, so that the paper does not write it: the unit of "0-0-1", the route."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from pipeline.domain.drug import Drug
from pipeline.domain.meaning import Posology
from pipeline.extraction.posology import EYES
from pipeline.extraction.tables import fold, lookup, rules

_EARS = {
    "œil droit": "oreille droite",
    "œil gauche": "oreille gauche",
    "les deux yeux": "les deux oreilles",
}  # OD, OG and ODG of ear drops


def settled(posology: Posology, drug: Drug | None, form: str | None) -> Posology:
    """Add what the drug named on the paper leaves no choice about: the unit of "0-0-1", the route.

    A unit is added only where the form that is written, or every form that the drug is sold in, is counted in
    it; a route only where all forms go one way or the form is written.
    """
    if drug is None:
        return posology
    unit = posology.dose_unit
    if unit is None and posology.dose is not None:
        unit = _unit_of(form) or _only_unit(drug)
    route = posology.route or _route(drug, form, unit)
    if route == "orale" and drug.route and drug.forms and "orale" not in _ways(drug.forms):
        route = drug.route  # a capsule of powder to inhale is not swallowed
    route = "ophtalmique" if posology.site in EYES and route not in ("auriculaire", posology.route) else route
    site = _EARS.get(posology.site or "", posology.site) if route == "auriculaire" else posology.site
    return replace(posology, dose_unit=unit, route=route, site=site)


def _unit_of(form: str | None) -> str | None:
    heads = rules("page")["unit_of_form"].items()
    return next((unit for unit, words in heads if form and form.split(" ")[0] in words), None)


def _only_unit(drug: Drug) -> str | None:
    units = {_unit_of(form) or "" for form in drug.forms}
    return units.pop() or None if len(units) == 1 else None


def _route(drug: Drug, form: str | None, unit: str | None) -> str | None:
    if unit == "pulvérisation" and any("nasal" in sold for sold in drug.forms):
        return "nasale"
    for route, forms in rules("page")["route_of_form"].items():
        if form in forms:
            return str(route)
    ways = _ways(drug.forms)
    if len(ways) == 1 and (way := next(iter(ways))):
        return way
    return None if len(ways) > 1 and unit is None else drug.route


@lru_cache(maxsize=1024)
def _ways(sold: tuple[str, ...]) -> frozenset[str]:
    """Return the routes of the forms that a drug is sold in; "" for a form that says none."""
    return frozenset(map(_way, sold))


def _way(form: str) -> str:
    """Return the route that a form's name says: "solution cutanée" by its second word; "" = none."""
    first, *others = form.split(" ")
    named = (lookup("posology", "route").get(lead + fold(word)) for word in others for lead in ("", "voie "))
    if route := next(filter(None, named), ""):
        return route
    return next((way for way, heads in rules("page")["route_of_form"].items() if first in heads), "")
