"""Public medication objects in comparable form: strengths in mg, doses, daily rates, days."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

DAYS = {"h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.0, "a": 365.0, "min": 1 / 1440, "s": 1 / 86400}
MILLIGRAMS = {"g": 1000.0, "mg": 1.0, "µg": 0.001, "mcg": 0.001}
MOMENTS = {
    **{"MORN": "morning", "CM": "morning", "ACM": "morning", "PCM": "morning"},
    **{"NOON": "noon", "CD": "noon", "ACD": "noon", "PCD": "noon"},
    **{"EVE": "evening", "CV": "evening", "ACV": "evening", "PCV": "evening"},
    **{"HS": "bed", "NIGHT": "bed", "AFT": "afternoon"},
}
UNITS = {
    **{"cp": "comprime", "cpr": "comprime", "comp": "comprime"},
    **{"gel": "gelule", "gtte": "goutte", "amp": "ampoule", "inj": "injection", "suppo": "suppositoire"},
    **{"ui": "unite", "u": "unite", "dose kg": "dose poids", "pulv": "pulverisation"},
}
ROUTE_CODES = {
    **{"26643006": "orale", "46713006": "nasale", "6064005": "cutanee", "54485002": "ophtalmique"},
    **{"10547007": "auriculaire", "37161004": "rectale", "16857009": "vaginale", "34206005": "sous-cutanee"},
    **{"78421000": "im", "45890007": "transdermique", "54471007": "buccale", "37839007": "sublinguale"},
    **{"18679011000001101": "inhalee"},
}
STRENGTH = re.compile(r"(\d[\d\s]*(?:[.,]\d+)?)\s*(µg|mcg|mg|kg|g|ml|l|%|ui|u|h)?")

Row = Mapping[str, Any]


def folded(text: object) -> str:
    """Return lower-case letters and digits without accents, single blanks."""
    plain = unicodedata.normalize("NFKD", str(text or "").replace("œ", "oe"))
    ascii_text = plain.encode("ascii", "ignore").decode().lower()
    return " ".join("".join(c if c.isalnum() else " " for c in ascii_text).split())


def mapping(value: object) -> Row:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> Sequence[Any]:
    """Return a list as it is, nothing as empty, anything else as a list of one."""
    return value if isinstance(value, list) else [] if value is None else [value]


def number(value: object) -> float | None:
    """Return a number written as such or as French text; None where it is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return round(float(str(value).replace(",", ".").replace(" ", "")), 4)
    except ValueError:
        return None


def substance(name: object) -> str:
    """Return a DCI's words in order of the alphabet, without release forms and "acide"."""
    return " ".join(
        sorted(word for word in folded(name).split() if word not in ("lp", "lm", "acide", "de", "d"))
    )


def strength(text: object) -> tuple[tuple[float, str | None], ...]:
    """Return a strength part by part, masses in mg: "1 g" and "1000mg" are alike."""
    parts: list[tuple[float, str | None]] = []
    for digits, unit in STRENGTH.findall(str(text or "").lower().replace("μ", "µ").replace("\u202f", " ")):
        value = number(digits)
        if value is None:
            continue
        factor = MILLIGRAMS.get(unit)
        parts.append((round(value * factor, 6), "mg") if factor else (value, "u" if unit == "ui" else unit))
    return tuple(parts)


def dose_unit(text: object) -> str:
    """Return a dose's unit, singular and spelt out, without accents."""
    word = folded(text)
    word = word[:-1] if word.endswith("s") and len(word) > 3 else word
    return UNITS.get(word, word)


def route(dosage: Row) -> str:
    """Return a dosage's route by its SNOMED code, else by its words."""
    coded = mapping(dosage.get("route"))
    for coding in listed(coded.get("coding")):
        if mapping(coding).get("code") in ROUTE_CODES:
            return ROUTE_CODES[mapping(coding)["code"]]
    return folded(coded.get("text")).removeprefix("voie ")


def dosage_facts(dosages: object) -> dict[str, Any]:
    """Return dose, daily rate, moments, days, as-needed and route of a list of FHIR Dosage."""
    doses, moments, routes = set(), set(), set()
    rates: dict[object, float] = defaultdict(float)
    days: dict[int, float] = {}
    as_needed = False
    for dosage in map(mapping, listed(dosages)):
        phase = dosage.get("sequence") or 1
        repeat = mapping(mapping(dosage.get("timing")).get("repeat"))
        dose, unit = _dose(dosage)
        if dose or unit:
            doses.add((phase, dose, unit))
        slots = [MOMENTS[word] for word in listed(repeat.get("when")) if word in MOMENTS]
        moments |= {(phase, slot) for slot in slots}
        needed = bool(dosage.get("asNeededBoolean")) or bool(dosage.get("asNeededCodeableConcept"))
        as_needed |= needed
        times = _times(dosage, repeat, dose, needed)
        times = len(slots) if times is None and slots else times
        if times is not None:
            period = (number(repeat.get("period")) or 1) * DAYS.get(repeat.get("periodUnit") or "d", 1.0)
            rates[phase] += round(times / period, 4)
        elif number(repeat.get("count")) is not None:
            rates["count", number(repeat["count"])] = 1.0
        bounds = mapping(repeat.get("boundsDuration")) or mapping(
            mapping(repeat.get("boundsRange")).get("high")
        )
        length = number(bounds.get("value"))
        if length is not None:
            days[phase] = round(length * DAYS.get(str(bounds.get("code") or bounds.get("unit")), 1.0), 2)
        routes.add(route(dosage))
    return {
        "dose": sorted(doses, key=str),
        "frequency": sorted((str(phase), round(rate, 3)) for phase, rate in rates.items()),
        "when": sorted(moments),
        "duration": sorted(days.items(), key=str),
        "as_needed": as_needed,
        "route": sorted(routes),
    }


def _dose(dosage: Row) -> tuple[tuple[float | None, ...], str]:
    rated = mapping(next(iter(listed(dosage.get("doseAndRate"))), None))
    single, span = mapping(rated.get("doseQuantity")), mapping(rated.get("doseRange"))
    low, high = mapping(span.get("low")), mapping(span.get("high"))
    values: tuple[float | None, ...] = ()
    if single:
        values = (number(single.get("value")),)
    elif span:
        values = (number(low.get("value")), number(high.get("value")))
    return values, dose_unit(single.get("unit") or low.get("unit") or high.get("unit"))


def _times(dosage: Row, repeat: Row, dose: tuple[float | None, ...], needed: bool) -> float | None:
    """Times a period; an as-needed maximum a day counts as its number of doses."""
    most = number(repeat.get("frequencyMax"))
    times = most or number(repeat.get("frequency"))
    cap = mapping(dosage.get("maxDosePerPeriod"))
    if needed and most is None and cap and dose and dose[-1]:
        return (number(mapping(cap.get("numerator")).get("value")) or 0) / dose[-1] or times
    return times
