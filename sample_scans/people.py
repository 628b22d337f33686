"""The invented people of the sample day: sixty patients, four doctors, and the agenda."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

PATIENT_COLUMNS = (
    "patient_id",
    "family_name",
    "birth_name",
    "given_names",
    "sex",
    "birth_date",
    "birth_place_insee",
    "ins",
    "phone",
    "address",
    "city",
    "treating_doctor",
)

# family name, birth name, given names, sex, birth date: those who have a sheet, then those who only confuse
NAMED = """
LE GALLOUDEC|BESCONNET|MARYVONNE ANNICK|F|1948-03-17
MARCHEGAY|MARCHEGAY|ROLAND|M|1951-07-02
OUVRARD|OUVRARD|INES|F|1989-05-28
DESCHANELLE|DESCHANELLE|PAUL HENRI|M|1944-01-09
TURPINAUD|LAVENANT|SYLVIE|F|1972-06-14
ROUXEL-NDIAYE|ROUXEL-NDIAYE|MALO|M|2019-04-21
ROUXEL-NDIAYE|ROUXEL-NDIAYE|MAEL|M|2019-04-21
VASSEURIN|HOCQUEMONT|DENISE|F|1939-08-03
GUERNICOT|GUERNICOT|MICHEL|M|1956-02-11
GUERNICOT|GUERNICOT|MICHELE|F|1958-10-05
KEROUANTON|TALVARD|BERNADETTE|F|1961-04-08
ABGRALL-COSTA|ABGRALL-COSTA|LENAIG|F|2003-02-15
LE DANTHEUIL|LE DANTHEUIL|CORENTIN|M|1997-08-30
SAUVAGEOT|SAUVAGEOT|THIERRY|M|1978-03-22
LESTROHAN|PICHEREAU|GISELE|F|1954-09-12
POULMARCH|POULMARCH|YVES|M|1946-05-06
JOSSELINET|BRUNEVAL|HUGUETTE|F|1934-07-25
GUERNICOT|GUERNICOT|MICHEL|M|1983-09-30
BREHAT-MORVAN|BREHAT-MORVAN|SOLENE|F|1994-06-18
TANGHERLINI|ORSATELLI|ROSA|F|1960-12-19
LE GALLOUDEC|LE GALLOUDEC|JEAN-YVES|M|1946-11-30
TURPINAUD|TURPINAUD|SYLVAIN|M|1974-02-01
BESCONNET|BESCONNET|MARYVONNE|F|1971-03-09
"""

_FAMILY = """
ALLONVILLE BARTHELIN CADOREL DAUBRIAC ESCARGUEIL FOULIGNAC GRANDVOINET HERPSONT ISAMBERG JAULNEAU
KERMADILO LAFFINEUR MAUVERNAY NIZOLET OLLIVRIN PLESSARDIN QUEVREMONT RAIMBEAUX SIGNOLLET TREGUIDAN
"""
_GIVEN = {
    "F": ["ALINE", "CLEMENCE", "ODILE", "FATOU", "MARGAUX", "YVETTE", "NOLWENN", "RACHIDA"],
    "M": ["BENOIT", "GASPARD", "LUCIEN", "OMAR", "TANGUY", "WILFRIED", "ETIENNE", "NOAM"],
}
_TOWNS = ("35997 Saint-Aubrin-sur-Vaive", "35998 La Roche-Mélusain", "35999 Plouvennec-le-Vieux")
_STREETS = ("rue du Lavoir", "chemin des Ajoncs", "impasse du Four", "allée des Tilleuls", "route du Viaduc")
_BIRTHPLACES = ("35238", "22278", "56121", "29019", "44109", "53130")
_FICTION_PHONES = ("0199 00", "0261 91", "0353 01", "0465 71", "0536 49", "0639 98")
"""Ranges that Arcep keeps for works of fiction (decision 2018-0881)."""

_REASONS = ("Consultation", "Suivi", "Renouvellement", "Visite")


def nir_key(thirteen: str) -> str:
    """Return the two-digit key of a NIR or INS: 97 less its remainder (INSEE)."""
    return f"{97 - int(thirteen) % 97:02d}"


def luhn_valid(digits: str) -> bool:
    """Return whether the last digit is the Luhn check digit of the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def patients(rng: random.Random, doctors: Sequence[str]) -> list[dict[str, str]]:
    """Return sixty patients, in the columns of patients.csv; INS order numbers start at 900."""
    rows = [line.split("|") for line in NAMED.strip().splitlines()]
    while len(rows) < 60:
        sex = rng.choice("FM")
        family = rng.choice(_FAMILY.split())
        birth = f"{rng.randint(1935, 2022)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
        maiden = rng.choice(_FAMILY.split()) if sex == "F" and birth < "1985" else family
        rows.append([family, maiden, rng.choice(_GIVEN[sex]), sex, birth])
    return [_patient(number, row, rng, doctors) for number, row in enumerate(rows, 1)]


def _patient(number: int, row: list[str], rng: random.Random, doctors: Sequence[str]) -> dict[str, str]:
    family, birth_name, given, sex, birth = row
    place = rng.choice(_BIRTHPLACES)
    thirteen = f"{1 if sex == 'M' else 2}{birth[2:4]}{birth[5:7]}{place}{900 + number:03d}"
    phone = (rng.choice(_FICTION_PHONES) + f"{rng.randint(0, 9999):04d}").replace(" ", "")
    values = [
        *(f"P{number:04d}", family, birth_name, given, sex, birth, place, thirteen + nir_key(thirteen)),
        *(" ".join(phone[start : start + 2] for start in range(0, 10, 2)),),
        *(f"{rng.randint(1, 60)} {rng.choice(_STREETS)}", rng.choice(_TOWNS), rng.choice(doctors)),
    ]
    return dict(zip(PATIENT_COLUMNS, values, strict=True))


def doctors(rng: random.Random, names: Sequence[str]) -> list[dict[str, str]]:
    """Return the doctors with invented RPPS numbers (1099..., Luhn-valid)."""
    rows = []
    for name in names:
        first = f"1099{rng.randint(0, 999999):06d}"
        last = next(digit for digit in "0123456789" if luhn_valid(first + digit))
        rows.append({"name": name, "rpps": first + last, "speciality": "Médecine générale"})
    return rows


def appointments(
    rng: random.Random, visits: Sequence[Mapping[str, Any]], patient_ids: Sequence[str], names: Sequence[str]
) -> list[dict[str, str]]:
    """Return the agenda: nearly every visit that left a sheet, and some that left none.

    Args:
        rng: seeded.
        visits: patient_id, doctor's name and day of November 2025 of every sheet.
        patient_ids: the registry.
        names: the doctors.
    """
    wanted = [(v["patient_id"], v["doctor"], v["day"]) for v in visits if v["patient_id"] != "P0012"]
    wanted += [
        (rng.choice(patient_ids[23:]), rng.choice(list(names)), rng.choice((10, 12, 13, 14)))
        for _ in range(22)
    ]
    rows = []
    for patient_id, doctor, day in dict.fromkeys(wanted):
        start = f"2025-11-{day}T{rng.randint(8, 18):02d}:{rng.choice((0, 15, 30, 45)):02d}"
        rows.append(
            {"patient_id": patient_id, "doctor": doctor, "start": start, "reason": rng.choice(_REASONS)}
        )
    return sorted(rows, key=lambda row: (row["start"], row["patient_id"]))
