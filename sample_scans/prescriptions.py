"""From the table of the sample day to truth: medications with FHIR R4 dosages, records, expected flags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UCUM = "http://unitsofmeasure.org"
ROUTES = {
    "crème": ("6064005", "voie cutanée"),
    "pulvérisation nasale": ("46713006", "voie nasale"),
    "aérosol": ("18679011000001101", "voie inhalée"),
    "poudre pour inhalation": ("18679011000001101", "voie inhalée"),
}
ORAL = ("26643006", "voie orale")
UNITS = {
    "aérosol": "bouffée",
    "poudre pour inhalation": "bouffée",
    "pulvérisation nasale": "pulvérisation",
    "comprimé orodispersible": "comprimé",
}

Table = Mapping[str, Any]


def dosage(dose: Table, say: str, form: str, months: int | None) -> dict[str, Any]:
    """Return one FHIR R4 Dosage.

    Args:
        dose: n (amount), unit, freq a day, when, hours (interval), days or months, need, upto, extra, once.
        say: the posology as written.
        form: the drug's form; it gives route and unit.
        months: the duration at the foot of the page, where this line has none of its own.
    """
    unit = dose.get("unit", UNITS.get(form, form))
    code, route = ROUTES.get(form, ORAL)
    out: dict[str, Any] = {"sequence": 1, "text": say}
    if "upto" in dose:
        out["maxDosePerPeriod"] = {
            "numerator": {"value": dose["n"] * dose["upto"], "unit": unit},
            "denominator": {"value": 1, "unit": "d"},
        }
    out["timing"] = {"repeat": _repeat(dose, months)}
    out["asNeededBoolean"] = "need" in dose
    extra = [text for text in (dose.get("need"), dose.get("extra")) if isinstance(text, str)]
    if extra:
        out["additionalInstruction"] = [{"text": text} for text in extra]
    out["route"] = {"coding": [{"system": "http://snomed.info/sct", "code": code}], "text": route}
    if "n" in dose:
        out["doseAndRate"] = [{"doseQuantity": {"value": dose["n"], "unit": unit}}]
    return out


def _repeat(dose: Table, months: int | None) -> dict[str, Any]:
    if dose.get("once"):
        return {"count": 1}
    repeat: dict[str, Any] = {"frequency": dose.get("freq", len(dose.get("when", "1")))}
    if "upto" in dose:
        repeat = {"frequency": 1, "frequencyMax": dose["upto"]}
    if "hours" in dose:
        repeat |= {"period": dose["hours"], "periodUnit": "h"}
    else:
        repeat |= {"period": 1, "periodUnit": "d"}
    if "when" in dose:
        repeat["when"] = list(dose["when"])
    value, code = (dose["days"], "d") if "days" in dose else (dose.get("months", months), "mo")
    if value:
        repeat["boundsDuration"] = {"value": value, "unit": code, "system": UCUM, "code": code}
    return repeat


def medication(med: Table, drugs: Table, months: int | None, renewals: int | None) -> dict[str, Any]:
    """Return one true medication of a page."""
    substance, atc, form = drugs[med["drug"]]
    chronic = None if med.get("open_ended") else months
    say = med.get("say") or (med["ink"][1] if len(med["ink"]) > 1 else "")
    return {
        "text": " ".join(med["ink"]),
        "drug": med.get("written", med["drug"]),
        "substance": substance,
        "atc": atc,
        "strength": med.get("strength"),
        "form": form,
        "action": med["action"],
        "action_explicit": med.get("explicit", False),
        "dosage": [dosage(dose, say, form, chronic) for dose in med["dose"]],
        "renewals": None if med["action"] == "stop" else renewals,
        "not_substitutable": med.get("ns", False),
    }


def flags(page: Table, meds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a careful reader should be told of a page."""
    found = [
        {"type": "unchanged_renewal", "medication": index}
        for index, med in enumerate(meds)
        if med["action"] == "continue"
    ]
    out = []
    for flag in [*found, *page.get("flags", [])]:
        med = meds[flag["medication"]]
        named = {"type": flag["type"], "medication": flag["medication"], "substance": med["substance"]}
        out.append({**named, "atc": med["atc"], **{k: flag[k] for k in ("with", "why") if k in flag}})
    return out


def records(day: Table, patient_ids: list[str]) -> list[dict[str, Any]]:
    """Return every patient's record before the outage: what pages renew, and what the table adds."""
    out = []
    for patient_id in patient_ids:
        entry = day["records"].get(patient_id, {})
        lines = list(entry.get("medications", []))
        for file in day["files"]:
            for page in file["pages"]:
                if page.get("patient") == patient_id:
                    lines += [med for med in page.get("meds", []) if med["action"] == "continue"]
        out.append(
            {
                "patient_id": patient_id,
                "current_medications": [_on_record(line, day["drugs"]) for line in lines],
                "allergies": [{"substance": substance} for substance in entry.get("allergies", [])],
                "problems": list(entry.get("problems", [])),
            }
        )
    return out


def _on_record(line: Table, drugs: Table) -> dict[str, Any]:
    med = medication({"ink": ["", ""], "action": "continue", **line}, drugs, None, None)
    return {key: med[key] for key in ("drug", "substance", "atc", "form", "strength", "dosage")}
