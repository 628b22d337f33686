"""Patient resources -> rows of the registry, in our own fields' names.

The words are those of FHIR R4 and of the French profile (Interop'Santé, FR Core 2.1): the official name is
the birth name, the usual one the usage name; identifiers are told apart by their system. The values are
checked where those of a CSV file are, so that both formats have the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.domain.identifiers import INS_OIDS, compact, oid
from pipeline.domain.registry import Row
from pipeline.export.resources import Resource, Resources

_OWN_TYPES = ("PI", "INTRN", "MR", "PT")
"""Types of an identifier that a practice gives itself, best first. Source: HL7 v2 table 0203, FR Core."""

_NATIONAL_ROOT = "1.2.250.1.213.1.4"  # INS and the former INS-C
_NATIONAL_TYPES = ("INS", "NN", "NH", "SS", "PPN", "NSS", "NIR", "PNT", "DL")
_PAST = ("old", "temp", "anonymous")


def patient_rows(resources: Resources) -> Iterator[tuple[int, Row]]:
    """Yield the number and the row of every Patient."""
    doctors = practitioners(resources)
    for one in resources.of_type("Patient"):
        yield one.number, _row(one.resource, doctors)


def patient_keys(resources: Resources) -> dict[str, str]:
    """Return whom a reference means: "Patient/7" or a fullUrl -> the practice's own key."""
    keys = {}
    for one in resources.of_type("Patient"):
        for reference in (one.url, f"Patient/{one.resource.get('id')}"):
            keys[reference] = own_key(one.resource)
    keys.pop("", None)
    return keys


def own_key(patient: Resource) -> str:
    """Return the practice's own key: an identifier of its own, else the resource's id; "" = neither.

    Its own is an identifier typed as internal, else the first one of another system than a national one.
    """
    own = [(_own_rank(one), _text(one.get("value"))) for one in _dicts(patient.get("identifier"))]
    ranked = sorted((one for one in own if one[0] is not None and one[1]), key=lambda one: one[0] or 0)
    return ranked[0][1] if ranked else _text(patient.get("id"))


def practitioners(resources: Resources) -> dict[str, str]:
    """Return whom a reference means: "Practitioner/7" or a fullUrl -> "Dr Ida VOSGES"."""
    return {
        reference: _practitioner_name(one.resource)
        for one in resources.of_type("Practitioner")
        for reference in (one.url, f"Practitioner/{one.resource.get('id')}")
        if reference
    }


def _practitioner_name(resource: Resource) -> str:
    name = next(iter(_current(resource.get("name"))), {})
    words = (*_texts(name.get("prefix")), *_texts(name.get("given")), _text(name.get("family")))
    return " ".join(filter(None, words)) or _text(name.get("text"))


def _row(patient: Resource, doctors: Mapping[str, str]) -> Row:
    return {
        "patient_id": own_key(patient),
        "sex": _text(patient.get("gender")),
        "birth_date": _text(patient.get("birthDate")),
        **_names(patient),
        **_ins(patient),
        **_birth_place(patient),
        **_phones(patient),
        **_address(patient),
        "treating_doctor": _treating_doctor(patient, doctors),
    }


def _names(patient: Resource) -> Row:
    names = _current(patient.get("name"))
    official = _use(names, "official") or _use(names, "maiden")
    usual = _use(names, "usual") or next((one for one in names if not one.get("use")), {})
    if not usual and not official:
        usual = names[0] if names else {}
    all_given = _birth_list(official) or " ".join(_texts(official.get("given")))
    usual_given = " ".join(_texts(usual.get("given")))
    return {
        "family_name": _text(usual.get("family")),
        "birth_name": _text(official.get("family")),
        "given_names": all_given or usual_given,
        "first_given_name": (_texts(official.get("given")) or [""])[0] if all_given else "",
        "used_given_name": usual_given if all_given else "",
    }


def _birth_list(name: Resource) -> str:
    """Return all given names at birth, which the French profile puts in an extension."""
    return next(
        (
            _text(one.get("valueString"))
            for one in _dicts(name.get("extension"))
            if _text(one.get("url")).endswith("birth-list-given-name")
        ),
        "",
    )


def _ins(patient: Resource) -> Row:
    """Return the INS with its authority, a real one before a test's."""
    held: dict[str, str] = {}
    for one in sorted(_dicts(patient.get("identifier")), key=lambda one: one.get("use") == "old"):
        authority = oid(_text(one.get("system"))) or ""
        if authority in INS_OIDS:
            held.setdefault(authority, _text(one.get("value")))
    authority = next((one for one in INS_OIDS if held.get(one)), "")
    return {"ins": held[authority], "ins_oid": authority} if authority else {}


def _own_rank(identifier: Resource) -> int | None:
    """Return how surely an identifier is the practice's own, best first; None = a national one."""
    authority = oid(_text(identifier.get("system"))) or ""
    codes = [_text(one.get("code")) for one in _dicts(_dict(identifier.get("type")).get("coding"))]
    if authority.startswith(_NATIONAL_ROOT) or any(code.startswith(_NATIONAL_TYPES) for code in codes):
        return None
    if compact(_text(identifier.get("system"))).endswith(("NIR", "NSS", "INS")):
        return None
    best = min((_OWN_TYPES.index(code) for code in codes if code in _OWN_TYPES), default=len(_OWN_TYPES))
    return best if identifier.get("use") != "old" else 2 * len(_OWN_TYPES)


def _birth_place(patient: Resource) -> Row:
    for one in _dicts(patient.get("extension")):
        if _text(one.get("url")).lower().endswith("birthplace"):
            address = _dict(one.get("valueAddress"))
            codes = (
                _text(_dict(inner.get("valueCoding")).get("code"))
                for inner in _dicts(address.get("extension"))
                if "insee" in _text(inner.get("url")).lower()
            )
            place = _text(address.get("city")) or _text(address.get("text"))
            return {"birth_place": place, "birth_place_insee": next(codes, "")}
    return {}


def _phones(patient: Resource) -> Row:
    numbers = [one for one in _current(patient.get("telecom")) if one.get("system") in ("phone", "sms", None)]
    numbers.sort(key=_phone_rank)
    mobile = next((_text(one.get("value")) for one in numbers if one.get("use") == "mobile"), "")
    fixed = next((_text(one.get("value")) for one in numbers if one.get("use") != "mobile"), "")
    return {"phone": fixed, "mobile": mobile}


def _phone_rank(point: Resource) -> tuple[bool, int]:
    """Return how early a number comes: one at work last, then by the file's own rank."""
    rank = point.get("rank")
    return point.get("use") == "work", rank if isinstance(rank, int) else 99


def _address(patient: Resource) -> Row:
    places = _current(patient.get("address"))
    place = _use(places, "home") or next(iter(places), {})
    street, town = ", ".join(_texts(place.get("line"))), _text(place.get("city"))
    return {
        "address": street if street or town else _text(place.get("text")),
        "postal_code": _text(place.get("postalCode")),
        "city": town,
    }


def _treating_doctor(patient: Resource, doctors: Mapping[str, str]) -> str:
    for one in _dicts(patient.get("generalPractitioner")):
        if name := _text(one.get("display")) or doctors.get(_text(one.get("reference")), ""):
            return name
    return ""


def _current(values: Any) -> list[Resource]:
    """Return what is in use, what ended last."""
    kept = [one for one in _dicts(values) if one.get("use") not in _PAST]
    return sorted(kept, key=lambda one: bool(_dict(one.get("period")).get("end")))


def _use(values: list[Resource], use: str) -> Resource:
    return next((one for one in values if one.get("use") == use), {})


def _dicts(value: Any) -> list[Resource]:
    """Return the objects of a list; files are lenient about one that stands alone."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if isinstance(one, dict)]


def _dict(value: Any) -> Resource:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for one in values if (text := _text(one))]


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, (str, int)) and value is not True else ""
