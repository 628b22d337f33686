"""Posologies as a French sentence that the grammar reads back to the same posologies."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from pipeline.domain.meaning import Duration, Posology, TimeUnit
from pipeline.extraction.drafts import implied_frequency, route_of_unit

_TIMES = {
    TimeUnit.MINUTE: ("minute", "minutes"),
    TimeUnit.HOUR: ("heure", "heures"),
    TimeUnit.DAY: ("jour", "jours"),
    TimeUnit.WEEK: ("semaine", "semaines"),
    TimeUnit.MONTH: ("mois", "mois"),
    TimeUnit.YEAR: ("an", "ans"),
}
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MOMENTS = {"coucher": "au coucher", "nuit": "la nuit", "midi": "à midi", "après-midi": "l'après-midi"}
_INVARIABLE = ("UI", "mL", "mg", "g", "µg", "mg/kg", "mg/kg/j", "dose-poids", "bain de bouche")


def render(posologies: Sequence[Posology]) -> str:
    """Say posologies as a French sentence; `parse_posology` reads the same back.

    Doses taken together are joined by " + ", phases by ", puis ". Empty for none.
    """
    phases = []
    for _, group in groupby(posologies, key=lambda posology: posology.sequence):
        phases.append(" + ".join(_one(posology) for posology in group))
    return ", puis ".join(phases)


def number(value: Decimal) -> str:
    """Write a number the French way: 0.5 is "1/2", 2.5 is "2,5"."""
    if value in (Decimal("0.5"), Decimal("0.25"), Decimal("0.75")):
        return {"0.5": "1/2", "0.25": "1/4", "0.75": "3/4"}[str(value.normalize())]
    return f"{value.normalize():f}".replace(".", ",")


def _one(posology: Posology) -> str:
    parts = [
        _dose(posology),
        _frequency(posology),
        " et ".join(_MOMENTS.get(moment, f"le {moment}") for moment in posology.when),
        " et ".join(f"le {_DAYS[day]}" for day in posology.weekdays),
        "dose unique" if posology.count == 1 else "",
        ", ".join(posology.instructions),
        posology.site or "",
        _route(posology),
        _need(posology),
        _maximum(posology),
        f"pendant {_duration(posology.duration)}" if posology.duration else "",
    ]
    return " ".join(part for part in parts if part)


def _dose(posology: Posology) -> str:
    if posology.dose is None:
        return posology.dose_unit or ""
    low = number(posology.dose)
    amount = f"{low} à {number(posology.dose_high)}" if posology.dose_high is not None else low
    if posology.dose_unit is None:
        return amount
    many = (posology.dose_high or posology.dose) >= 2
    return f"{amount} {plural(posology.dose_unit) if many else posology.dose_unit}"


def plural(unit: str) -> str:
    """Return a dose unit for two or more ("cuillères à café")."""
    if unit in _INVARIABLE:
        return unit
    head, *rest = unit.split(" ")
    first, *tail = head.split("-")
    return " ".join(["-".join([first if first.endswith("s") else f"{first}s", *tail]), *rest])


def _frequency(posology: Posology) -> str:
    if posology.frequency is None or posology.period is None or posology.period_unit is None:
        return ""
    said = (posology.frequency, posology.period, posology.period_unit)
    if said == implied_frequency(posology.when, posology.weekdays) and not _range(posology):
        return ""
    if posology.frequency == 1 and posology.as_needed and _maximum(posology) and posology.frequency_max:
        return ""
    one, many = _TIMES[posology.period_unit]
    if posology.period != 1:
        each = "toutes les" if one.endswith(("heure", "minute", "semaine")) else "tous les"
        span = f"{number(posology.period)} {many}"
        return f"{each} {span}" if posology.frequency == 1 else f"{posology.frequency} fois par {span}"
    times = f"{posology.frequency}"
    if _range(posology):
        times = f"{posology.frequency} à {posology.frequency_max}"
    return f"{times} fois par {one}"


def _range(posology: Posology) -> bool:
    """Whether frequency_max is a range, not a maximum said apart."""
    return posology.frequency_max is not None and posology.max_per_day is None


def _maximum(posology: Posology) -> str:
    if posology.max_per_day is None:
        return ""
    top = posology.dose_high or posology.dose
    if posology.frequency_max and top and posology.max_per_day == top * posology.frequency_max:
        return f"max {posology.frequency_max} fois par jour"
    unit = posology.dose_unit or "fois"
    amount = number(posology.max_per_day)
    return f"max {amount} {plural(unit) if posology.max_per_day >= 2 and unit != 'fois' else unit} par jour"


def _need(posology: Posology) -> str:
    if not posology.as_needed:
        return ""
    return f"si {posology.as_needed_for}" if posology.as_needed_for else "si besoin"


def _route(posology: Posology) -> str:
    if posology.route is None or posology.route == route_of_unit(posology.dose_unit):
        return ""
    return f"voie {posology.route}"


def _duration(duration: Duration) -> str:
    one, many = _TIMES[duration.unit]
    if duration.high is not None:
        return f"{number(duration.value)} à {number(duration.high)} {many}"
    return f"{number(duration.value)} {many if duration.value >= 2 else one}"
