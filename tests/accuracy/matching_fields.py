"""The registry and the papers as rows of plain fields, as a linker of tables wants them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from math import log
from typing import Any

from french_people.queries import Query

from pipeline.domain.identity import Patient, Traits


def plain(text: str | None) -> str | None:
    """Return capitals and blanks only; None for nothing."""
    apart = unicodedata.normalize("NFKD", (text or "").replace("œ", "oe").replace("Œ", "OE"))
    letters = "".join(sign for sign in apart if not unicodedata.combining(sign)).upper()
    return " ".join(re.sub(r"[^A-Z ]", " ", letters.replace("'", "")).split()) or None


def digits(text: str | None) -> str | None:
    """Return letters and digits of a number; None for nothing."""
    return re.sub(r"[^0-9AB]", "", (text or "").upper()) or None


def initials(name: str | None) -> str | None:
    """Return the first letters of a name's words."""
    return "".join(word[0] for word in name.split()) if name else None


class Names:
    """Tells family name from given name in the words of a line, by their letters or by the registry."""

    def __init__(self, patients: Sequence[Patient]) -> None:
        """Count the registry's names."""
        self._size = len(patients)
        self._family = Counter(
            plain(name) for one in patients for name in {one.family_name, one.birth_name or one.family_name}
        )
        self._given = Counter(word for one in patients for word in (plain(one.given_names) or "").split())

    def split(self, traits: Traits) -> tuple[str | None, str | None, str | None]:
        """Return family, given and birth name of a line."""
        first_line = traits.text.split("\n")[0]
        words = [word for word in traits.names if word in first_line]
        born = traits.birth_name
        if born is None and (found := re.search(r"\bnée ([^\W\d][^\d]*)", first_line)):
            born = re.sub(r"\W*(\ble|\ben|ddn)\b.*", "", found[1], flags=re.IGNORECASE).strip() or None
        for word in (born or "").split():
            if word in words and len(words) > 1:
                words.reverse()
                words.remove(word)
                words.reverse()
        tall = [word for word in words if word.isupper() and len(word.strip(".")) > 1]
        rest = [word for word in words if word not in tall]
        if not (tall and rest):
            tall, rest = self._by_frequency(words)
        return plain(" ".join(tall)), plain(" ".join(rest)), plain(born)

    def _by_frequency(self, words: list[str]) -> tuple[list[str], list[str]]:
        if len(words) < 2:
            return words, []
        ways = [(words[:at], words[at:]) for at in range(1, len(words))]
        ways += [(given, family) for family, given in ways[:]]
        ways = [(list(family), list(given)) for family, given in ways]

        def score(way: tuple[list[str], list[str]]) -> float:
            family, given = (plain(" ".join(part)) or "" for part in way)
            return log(self._family[family] + 0.2) + log(
                min((self._given[word] for word in given.split()), default=0) + 0.2
            )

        return max(ways, key=score)


def registry_rows(patients: Sequence[Patient]) -> list[dict[str, Any]]:
    """Return the registry as Splink's right table."""
    rows = []
    for one in patients:
        family, birth = plain(one.family_name), plain(one.birth_name)
        given = (one.given_names or "").split()
        first = plain(one.used_given_name) or (plain(given[0]) if given else None)
        rows.append(
            {
                "unique_id": one.patient_id,
                "family": family,
                "birth_family": birth or family,
                "family_parts": [
                    part for part in (plain(half) for half in one.family_name.split("-")) if part
                ],
                "given": first,
                "givens": [name for name in (plain(name) for name in given) if name],
                "given_initials": initials(first),
                **_birth(one.birth_date, None, None, None),
                "sex": one.sex,
                "postal_code": one.postal_code,
                "phone": digits(one.phone),
                "nir": (digits(one.ins) or "")[:13] or None,
            }
        )
    return rows


def paper_rows(queries: Sequence[Query], traits: Sequence[Traits], names: Names) -> list[dict[str, Any]]:
    """Return the papers as Splink's left table."""
    rows = []
    for query, said in zip(queries, traits, strict=True):
        family, given, born = names.split(said)
        rows.append(
            {
                "unique_id": query.id,
                "family": family,
                "birth_family": born,
                "family_parts": [],
                "given": given,
                "givens": [given] if given else [],
                "given_initials": initials(given),
                **_birth(said.birth_date, said.birth_year, said.age, said.age_months, query.written_on),
                "sex": said.sex,
                "postal_code": said.postal_code,
                "phone": digits(said.phone),
                "nir": (digits(said.ins) or "")[:13] or None,
            }
        )
    return rows


def _birth(
    born: date | None, year: int | None, age: int | None, months: int | None, on: date | None = None
) -> dict[str, Any]:
    first = last = None
    if on and age is not None:
        first, last = on - timedelta(days=round((age + 1) * 365.25)), on - timedelta(days=round(age * 365.25))
    if on and months is not None:
        first, last = (
            on - timedelta(days=round((months + 1) * 30.44)),
            on - timedelta(days=round(months * 30.44)),
        )
    return {
        "dob": born.isoformat() if born else None,
        "born_year": born.year if born else year,
        "born_from": first.isoformat() if first else None,
        "born_to": last.isoformat() if last else None,
    }
