"""Posology to FHIR R4 Dosage and back.

Source: HL7 FHIR R4 (4.0.1), datatypes Dosage and Timing, https://hl7.org/fhir/R4/dosage.html.

`from_fhir(to_fhir(x)) == x` for every tuple of posologies in normal form: no empty strings, and the
reason of an "as needed" in `as_needed_for`, not among the instructions as "si ...".
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from pipeline.domain.meaning import Duration, Moment, Posology, TimeUnit
from pipeline.export.routes import from_concept, to_concept

UCUM = "http://unitsofmeasure.org"
WHEN = {
    Moment.MORNING: "MORN",
    Moment.NOON: "NOON",
    Moment.AFTERNOON: "AFT",
    Moment.EVENING: "EVE",
    Moment.BEDTIME: "HS",
    Moment.NIGHT: "NIGHT",
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOMENT = {code: moment for moment, code in WHEN.items()}
_MEALS = {"M": Moment.MORNING, "D": Moment.NOON, "V": Moment.EVENING}
_AROUND_MEALS = {"AC": "avant les repas", "PC": "après les repas", "C": "pendant les repas"}
_KNOWN = frozenset(
    (
        *("id", "sequence", "text", "additionalInstruction", "patientInstruction", "timing", "site", "route"),
        *("asNeededBoolean", "asNeededCodeableConcept", "doseAndRate", "maxDosePerPeriod"),
    )
)
_KNOWN_REPEAT = frozenset(
    (
        *("boundsDuration", "boundsRange", "count", "frequency", "frequencyMax"),
        *("period", "periodMax", "periodUnit", "dayOfWeek", "when"),
    )
)


def to_fhir(posologies: Sequence[Posology]) -> list[dict[str, Any]]:
    """Return FHIR R4 Dosage elements in the same order; what a posology does not say is absent."""
    return [_dosage(posology) for posology in posologies]


def from_fhir(dosages: Sequence[dict[str, Any]]) -> tuple[Posology, ...]:
    """Return posologies of FHIR R4 Dosage elements.

    What a posology has no field for (a time of day, an infusion rate) becomes the instruction
    "voir le texte : <element>", so that two different dosages never look the same.

    Raises:
        ValueError: a number or a unit of time is not one.
    """
    return tuple(_posology(dosage) for dosage in dosages)


def number(value: Decimal) -> int | float:
    """Return a JSON number: whole numbers without a decimal point."""
    return int(value) if value == value.to_integral_value() else float(value)


def _dosage(posology: Posology) -> dict[str, Any]:
    dosage: dict[str, Any] = {"sequence": posology.sequence}
    if posology.text:
        dosage["text"] = posology.text
    if posology.instructions:
        dosage["additionalInstruction"] = [{"text": text} for text in posology.instructions]
    if repeat := _repeat(posology):
        dosage["timing"] = {"repeat": repeat}
    # asNeeded[x] is a choice: a reason stands instead of the boolean, never beside it.
    if posology.as_needed_for:
        dosage["asNeededCodeableConcept"] = {"text": posology.as_needed_for}
    else:
        dosage["asNeededBoolean"] = posology.as_needed
    if posology.site:
        dosage["site"] = {"text": posology.site}
    if posology.route:
        dosage["route"] = to_concept(posology.route)
    if dose := _dose(posology):
        dosage["doseAndRate"] = [dose]
    if posology.max_per_day is not None:
        dosage["maxDosePerPeriod"] = {
            "numerator": _quantity(posology.max_per_day, posology.max_unit or posology.dose_unit),
            "denominator": _time(Decimal(1), TimeUnit.DAY),
        }
    return dosage


def _repeat(posology: Posology) -> dict[str, Any]:
    repeat: dict[str, Any] = {}
    span = posology.duration
    if span is not None and span.high is None:
        repeat["boundsDuration"] = _time(span.value, span.unit)
    elif span is not None and span.high is not None:
        repeat["boundsRange"] = {"low": _time(span.value, span.unit), "high": _time(span.high, span.unit)}
    repeat["count"] = posology.count
    repeat["frequency"] = posology.frequency
    repeat["frequencyMax"] = posology.frequency_max
    repeat["period"] = None if posology.period is None else number(posology.period)
    repeat["periodMax"] = None if posology.period_max is None else number(posology.period_max)
    repeat["periodUnit"] = posology.period_unit.value if posology.period_unit else None
    repeat["dayOfWeek"] = [WEEKDAYS[day] for day in posology.weekdays] or None
    repeat["when"] = [WHEN[moment] for moment in posology.when] or None
    return {name: value for name, value in repeat.items() if value is not None}


def _dose(posology: Posology) -> dict[str, Any]:
    unit = posology.dose_unit
    if posology.dose_high is not None:
        low = {} if posology.dose is None else {"low": _quantity(posology.dose, unit)}
        return {"doseRange": low | {"high": _quantity(posology.dose_high, unit)}}
    if posology.dose is None and unit is None:
        return {}
    return {"doseQuantity": _quantity(posology.dose, unit)}


def _quantity(value: Decimal | None, unit: str | None) -> dict[str, Any]:
    quantity = {"value": None if value is None else number(value), "unit": unit}
    return {name: part for name, part in quantity.items() if part is not None}


def _time(value: Decimal, unit: TimeUnit) -> dict[str, Any]:
    return {"value": number(value), "unit": unit.value, "system": UCUM, "code": unit.value}


def _posology(dosage: dict[str, Any]) -> Posology:
    repeat = dosage.get("timing", {}).get("repeat", {})
    moments, around = _moments(repeat.get("when", ()))
    texts = [str(item.get("text") or "") for item in dosage.get("additionalInstruction", ())]
    texts.append(str(dosage.get("patientInstruction") or ""))
    as_needed, reason, texts = _as_needed(dosage, [text for text in texts if text])
    low, high, unit = _dose_of(dosage)
    cap, cap_unit, odd_cap = _cap_of(dosage)
    return Posology(
        text=str(dosage.get("text") or ""),
        sequence=int(dosage.get("sequence") or 1),
        dose=low,
        dose_high=high,
        dose_unit=unit,
        frequency=_whole(repeat.get("frequency")),
        frequency_max=_whole(repeat.get("frequencyMax")),
        period=_decimal(repeat.get("period")),
        period_max=_decimal(repeat.get("periodMax")),
        period_unit=TimeUnit(repeat["periodUnit"]) if repeat.get("periodUnit") else None,
        when=moments,
        weekdays=tuple(WEEKDAYS.index(day) for day in repeat.get("dayOfWeek", ())),
        instructions=(*texts, *around, *odd_cap, *_unspoken(dosage, repeat)),
        duration=_duration(repeat),
        count=_whole(repeat.get("count")),
        as_needed=as_needed,
        as_needed_for=reason,
        max_per_day=cap,
        max_unit=cap_unit if cap_unit != unit else None,
        route=from_concept(dosage["route"]) if dosage.get("route") else None,
        site=_concept_text(dosage.get("site")),
    )


def _as_needed(dosage: dict[str, Any], texts: list[str]) -> tuple[bool, str | None, list[str]]:
    """Take the reason from where it stands: the concept, or an instruction "si ..." beside the boolean."""
    if "asNeededCodeableConcept" in dosage:
        return True, _concept_text(dosage["asNeededCodeableConcept"]), texts
    if dosage.get("asNeededBoolean") is not True:
        return False, None, texts
    reason = next((text for text in texts if text.lower().startswith("si ")), None)
    if reason is None:
        return True, None, texts
    return True, reason[3:].strip(), [text for text in texts if text is not reason]


def _dose_of(dosage: dict[str, Any]) -> tuple[Decimal | None, Decimal | None, str | None]:
    rate: dict[str, Any] = next(iter(dosage.get("doseAndRate", ())), {})
    if "doseRange" in rate:
        low, high = rate["doseRange"].get("low", {}), rate["doseRange"].get("high", {})
        return _decimal(low.get("value")), _decimal(high.get("value")), _unit(low) or _unit(high)
    quantity = rate.get("doseQuantity", {})
    return _decimal(quantity.get("value")), None, _unit(quantity)


def _cap_of(dosage: dict[str, Any]) -> tuple[Decimal | None, str | None, list[str]]:
    """Return the most a day and its unit; a most for another period is told as an instruction."""
    ratio = dosage.get("maxDosePerPeriod")
    if not ratio:
        return None, None, []
    top, bottom = ratio.get("numerator", {}), ratio.get("denominator", {})
    length = (_decimal(bottom.get("value")), bottom.get("code") or bottom.get("unit"))
    if length in ((Decimal(1), "d"), (Decimal(24), "h")):
        return _decimal(top.get("value")), _unit(top), []
    told = f"max {top.get('value')} {_unit(top) or ''} par {length[0]} {length[1]}"
    return None, None, [" ".join(told.split())]


def _moments(codes: Sequence[str]) -> tuple[tuple[Moment, ...], list[str]]:
    """Return times of day; a meal is its time of day and an instruction, others an instruction alone."""
    moments, told = [], []
    for code in codes:
        around, meal = (code, "") if code in _AROUND_MEALS else (code[:-1], code[-1:])
        if code in _MOMENT or code.split(".")[0] in _MOMENT:
            moments.append(_MOMENT[code.split(".")[0]])
            told += [] if code in _MOMENT else [f"voir le texte : {code}"]
        elif around in _AROUND_MEALS and (meal == "" or meal in _MEALS):
            moments += [_MEALS[meal]] if meal else []
            told.append(_AROUND_MEALS[around])
        else:
            told.append(f"voir le texte : {code}")
    return tuple(moments), list(dict.fromkeys(told))


def _duration(repeat: dict[str, Any]) -> Duration | None:
    if "boundsRange" in repeat:
        low, high = repeat["boundsRange"].get("low"), repeat["boundsRange"].get("high")
        if low and high:
            return Duration(Decimal(str(low["value"])), _time_unit(low), Decimal(str(high["value"])))
        only = low or high
        return Duration(Decimal(str(only["value"])), _time_unit(only)) if only else None
    bounds = repeat.get("boundsDuration")
    return Duration(Decimal(str(bounds["value"])), _time_unit(bounds)) if bounds else None


def _time_unit(quantity: dict[str, Any]) -> TimeUnit:
    return TimeUnit(str(quantity.get("code") or quantity.get("unit")))


def _unspoken(dosage: dict[str, Any], repeat: dict[str, Any]) -> list[str]:
    names = [name for name in dosage if name not in _KNOWN]
    names += [name for name in dosage.get("timing", {}) if name != "repeat"]
    names += [name for name in repeat if name not in _KNOWN_REPEAT]
    names += [name for rate in dosage.get("doseAndRate", ())[:1] for name in rate if name.startswith("rate")]
    names += ["doseAndRate"] if len(dosage.get("doseAndRate", ())) > 1 else []
    return [f"voir le texte : {name}" for name in names]


def _concept_text(concept: dict[str, Any] | None) -> str | None:
    if not concept:
        return None
    coding: dict[str, Any] = next(iter(concept.get("coding", ())), {})
    return concept.get("text") or coding.get("display") or coding.get("code")


def _unit(quantity: dict[str, Any]) -> str | None:
    return quantity.get("unit") or quantity.get("code")


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
