"""Posologies as a sentence, French or English; the grammar reads the French one back to the same."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from pipeline.domain.meaning import Duration, Posology
from pipeline.extraction.drafts import implied_frequency, route_of_unit
from pipeline.extraction.tables import rules

_INVARIABLE = frozenset(
    (
        *("UI", "mL", "mg", "g", "µg", "mg/kg", "mg/kg/j", "mL/kg", "UI/kg", "UI/kg/j"),
        *("dose-poids", "bain de bouche"),
    )
)
_FRACTIONS = {Decimal("0.5"): "1/2", Decimal("0.25"): "1/4", Decimal("0.75"): "3/4"}


def render(posologies: Sequence[Posology], language: str = "fr") -> str:
    """Say posologies as a sentence; `parse_posology` reads the French one back.

    Doses taken together are joined by " + ", phases by "puis". Empty for none.

    Args:
        posologies: in order.
        language: a table of rules/sentence.toml, "fr" or "en". A French word that the table lacks stays
            French, in quotation marks.
    """
    words = _table(language)
    phases = []
    for _, group in groupby(posologies, key=lambda posology: posology.sequence):
        phases.append(" + ".join(_one(posology, language) for posology in group))
    return str(words["phases"]).join(phases)


def number(value: Decimal, language: str = "fr") -> str:
    """Write a number as people do: 0.5 is "1/2", 2.5 is "2,5" in French and "2.5" in English."""
    if value in _FRACTIONS:
        return _FRACTIONS[value]
    return f"{value.normalize():f}".replace(".", str(_table(language)["decimal"]))


def said(section: str, word: str, language: str) -> str:
    """Return a word of a posology; section "moment", "route_name", "site", "instruction" or "reason"."""
    if language == "fr" and section != "moment":
        return word
    found = _table(language)[section].get(word)
    return f"“{word}”" if found is None else str(found)


def unit_name(unit: str, language: str, *, many: bool) -> str:
    """Return a dose unit as so many are said ("cuillères à café", "teaspoons")."""
    if language == "fr":
        return plural(unit) if many else unit
    found = _table(language)["unit"].get(unit)
    return f"“{plural(unit) if many else unit}”" if found is None else str(found[many])


def plural(unit: str) -> str:
    """Return a French dose unit for two or more ("cuillères à café")."""
    if unit in _INVARIABLE:
        return unit
    head, *rest = unit.split(" ")
    if "/" in head:
        amount, _, per = head.partition("/")
        return f"{amount}s/{per}"
    first, *tail = head.split("-")
    return " ".join(["-".join([first if first.endswith("s") else f"{first}s", *tail]), *rest])


def _table(language: str) -> dict[str, Any]:
    table: dict[str, Any] = rules("sentence")[language]
    return table


def _one(posology: Posology, language: str) -> str:
    words = _table(language)
    joined = str(words["and"])
    parts = [
        _dose(posology, language),
        _frequency(posology, language),
        joined.join(said("moment", moment, language) for moment in posology.when),
        joined.join(str(words["weekday"][str(day)]) for day in posology.weekdays),
        str(words["once"]) if posology.count == 1 else "",
        ", ".join(said("instruction", each, language) for each in posology.instructions),
        said("site", posology.site, language) if posology.site else "",
        _route(posology, language),
        _need(posology, language),
        _maximum(posology, language),
        words["duration"].format(span=_duration(posology.duration, language)) if posology.duration else "",
    ]
    return " ".join(part for part in parts if part)


def _dose(posology: Posology, language: str) -> str:
    if posology.dose is None:
        return unit_name(posology.dose_unit, language, many=False) if posology.dose_unit else ""
    amount = number(posology.dose, language)
    if posology.dose_high is not None:
        high = number(posology.dose_high, language)
        amount = str(_table(language)["range"]).format(low=amount, high=high)
    if posology.dose_unit is None:
        return amount
    many = _many(posology.dose_high or posology.dose, language)
    return f"{amount} {unit_name(posology.dose_unit, language, many=many)}"


def _many(value: Decimal, language: str) -> bool:
    """French counts in the plural from 2 on, English above 1."""
    return value >= 2 if language == "fr" else value > 1


def _frequency(posology: Posology, language: str) -> str:
    if posology.frequency is None or posology.period is None or posology.period_unit is None:
        return ""
    words, unit = _table(language), posology.period_unit
    fact = (posology.frequency, posology.period, unit)
    if fact == implied_frequency(posology.when, posology.weekdays) and not _range(posology):
        return ""
    if _is_maximum(posology):
        return ""
    if posology.period != 1 or posology.period_max is not None:
        period = number(posology.period, language)
        if posology.period_max is not None:
            most = number(posology.period_max, language)
            period = str(words["range"]).format(low=period, high=most)
        if posology.frequency == 1:
            return str(words["every"][unit]).format(n=period)
        return str(words["times_per"]).format(n=posology.frequency, span=f"{period} {words['time'][unit][1]}")
    times = f"{posology.frequency}"
    if _range(posology):
        times = str(words["range"]).format(low=times, high=posology.frequency_max)
    return str(words["times"][times != "1"]).format(n=times, each=words["each"][unit])


def _is_maximum(posology: Posology) -> bool:
    """Whether 1 to 3 times is a record's way to write "max 3 fois par jour"."""
    top, most = posology.dose_high or posology.dose, posology.frequency_max
    is_need = posology.as_needed and posology.frequency == 1
    same = top and most and posology.max_per_day == top * most
    return bool(is_need and same and not posology.max_unit)


def _range(posology: Posology) -> bool:
    return posology.frequency_max is not None


def _maximum(posology: Posology, language: str) -> str:
    if posology.max_per_day is None:
        return ""
    words = _table(language)
    amount = number(posology.max_per_day, language)
    if posology.max_unit:
        most = unit_name(posology.max_unit, language, many=_many(posology.max_per_day, language))
        return str(words["max_amount"]).format(amount=f"{amount} {most}")
    is_whole = posology.max_per_day == int(posology.max_per_day)
    if posology.dose_unit is None or (posology.dose == 1 and posology.dose_high is None and is_whole):
        return str(words["max_times"][posology.max_per_day > 1]).format(n=amount)
    unit = unit_name(posology.dose_unit, language, many=_many(posology.max_per_day, language))
    return str(words["max_amount"]).format(amount=f"{amount} {unit}")


def _need(posology: Posology, language: str) -> str:
    if not posology.as_needed:
        return ""
    words = _table(language)
    if not posology.as_needed_for:
        return str(words["need"])
    return str(words["need_for"]).format(reason=said("reason", posology.as_needed_for, language))


def _route(posology: Posology, language: str) -> str:
    if posology.route is None or posology.route == route_of_unit(posology.dose_unit):
        return ""
    return str(_table(language)["route"]).format(route=said("route_name", posology.route, language))


def _duration(duration: Duration, language: str) -> str:
    one, many = _table(language)["time"][duration.unit]
    low = number(duration.value, language)
    if duration.high is not None:
        high = number(duration.high, language)
        return f"{str(_table(language)['range']).format(low=low, high=high)} {many}"
    return f"{low} {many if _many(duration.value, language) else one}"
