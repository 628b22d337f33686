"""Medicine in words: a posology's fields, a treatment on record, somebody's name and age."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipeline.domain.identity import Patient
from pipeline.domain.meaning import Posology
from pipeline.extraction.render import said, unit_name
from pipeline.review.words import Words

Field = tuple[str, str]


def posology_fields(posology: Posology, words: Words) -> tuple[Field, ...]:
    """Return what a posology says, (label, value); what is not written is not there."""
    language = words.language
    found: list[tuple[str, str | None]] = [
        ("dose", _dose(posology, language)),
        ("frequency", _frequency(posology, words)),
        ("when", ", ".join(words(f"moment.{moment.value}") for moment in posology.when)),
        ("weekdays", ", ".join(words(f"weekday.{day}") for day in posology.weekdays)),
        ("instructions", ", ".join(said("instruction", each, language) for each in posology.instructions)),
        ("duration", _duration(posology, words)),
        ("count", str(posology.count) if posology.count else None),
        ("as_needed", _as_needed(posology, words)),
        ("max_per_day", _of(posology.max_per_day, posology.max_unit or posology.dose_unit, language)),
        ("route", said("route_name", posology.route, language) if posology.route else None),
        ("site", said("site", posology.site, language) if posology.site else None),
    ]
    return tuple((words(f"posology.{key}"), value) for key, value in found if value)


def _of(value: Decimal | None, unit: str | None, language: str) -> str | None:
    if value is None:
        return None
    if unit is None:
        return number(value, language)
    many = value >= 2 if language == "fr" else value > 1
    return f"{number(value, language)} {unit_name(unit, language, many=many)}"


def number(value: Decimal, language: str) -> str:
    """Return a number as papers write it, no trailing zero: comma in French, point in English."""
    written = f"{value.normalize():f}"
    return written.replace(".", ",") if language == "fr" else written


def _dose(posology: Posology, language: str) -> str | None:
    if posology.dose is None or posology.dose_high is None:
        return _of(posology.dose, posology.dose_unit, language)
    return f"{number(posology.dose, language)}–{_of(posology.dose_high, posology.dose_unit, language)}"


def _frequency(posology: Posology, words: Words) -> str | None:
    if posology.frequency is None and posology.period is None:
        return None
    most = posology.frequency_max or posology.frequency or 1
    times = f"{posology.frequency or 1}–{most}" if posology.frequency_max else str(most)
    period, unit = posology.period, posology.period_unit
    if period is None or unit is None:
        return words.count("posology.times", most, times=times)
    if posology.period_max is not None:
        span = f"{number(period, words.language)}–{number(posology.period_max, words.language)}"
        every = words(f"unit.{unit.value}.many", n=span)
    elif period == int(period):
        every = words.count(f"unit.{unit.value}", int(period))
    else:
        every = words(f"unit.{unit.value}.many", n=number(period, words.language))
    return words.count("posology.times_per", most, times=times, period=every)


def _duration(posology: Posology, words: Words) -> str | None:
    duration = posology.duration
    if duration is None:
        return None
    high = duration.high or duration.value
    shown = number(duration.value, words.language)
    if duration.high is not None:
        shown = f"{shown}–{number(high, words.language)}"
    name = words(f"unit_name.{duration.unit.value}.{'one' if high == 1 else 'many'}")
    return f"{shown} {name}"


def _as_needed(posology: Posology, words: Words) -> str | None:
    if not posology.as_needed:
        return None
    if posology.as_needed_for:
        return said("reason", posology.as_needed_for, words.language)
    return words("posology.as_needed_yes")


def medication_title(drug: str, strength: str | None, form: str | None) -> str:
    """Return "Doliprane 1 g, comprimé" with what is known of it."""
    title = " ".join(part for part in (drug, strength) if part)
    return f"{title}, {form}" if form else title


def person_name(patient: Patient) -> str:
    """Return a person as the practice's lists do: usage name in capitals, then first given name."""
    first = _given(patient.given_names).split()[:1]
    return " ".join([patient.family_name.upper(), *first])


def _given(names: str) -> str:
    """Return given names as people write them, where a registry holds capitals only."""
    return names.title() if names.isupper() else names


def person_facts(patient: Patient, words: Words, *, today: date) -> tuple[Field, ...]:
    """Return what tells a person from another, (label, value)."""
    born = None
    if patient.birth_date is not None:
        age = _age(patient.birth_date, today)
        born = f"{words.day(patient.birth_date)} ({words.count('person.age', age)})"
    found = (
        ("born", born),
        ("birth_name", patient.birth_name if patient.birth_name != patient.family_name else None),
        ("given_names", _given(patient.given_names)),
        ("sex", words(f"sex.{patient.sex}") if patient.sex in ("F", "M") else None),
        ("city", " ".join(filter(None, (patient.postal_code, patient.city)))),
        ("treating_doctor", patient.treating_doctor),
    )
    return tuple((words(f"person.{key}"), value) for key, value in found if value)


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
