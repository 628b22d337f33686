"""Numbers that people have: NIR with its key, telephone numbers, addresses; none can be a real person's.

A NIR here has an order number from 900 on in its commune and month, set aside for invention in this house;
telephone numbers come from the ranges that the regulator reserves for fiction: ten thousand in each, so
that beyond some 100,000 people strangers come to share them.
"""

from __future__ import annotations

import random
from datetime import date

from .tables import numbers, rows


def nir_key(body: str) -> str:
    """Return the two digits of the key of 13 signs; Corsica's letters count as INSEE says."""
    digits = body.replace("2A", "19").replace("2B", "18")
    return f"{97 - int(digits) % 97:02d}"


class Numbers:
    """What is given out only once (or, telephone numbers, until the range is used up)."""

    def __init__(self, draw: random.Random) -> None:
        """Take the source of chance; everything given out is remembered."""
        self._draw = draw
        self._taken: set[str] = set()
        ranges = numbers("people.toml")["phones"]
        self._landlines = [f"{r}{n:04d}" for r in ranges["landlines"] for n in range(10_000)]
        self._mobiles = [f"{ranges['mobile']}{n:04d}" for n in range(10_000)]
        draw.shuffle(self._landlines)
        draw.shuffle(self._mobiles)
        self._next_landline = 0

    def nir(self, *, sex: str, born: date, insee: str) -> str:
        """Return an unused matricule, 13 signs without key."""
        while True:
            body = f"{1 if sex == 'M' else 2}{born:%y%m}{insee}{self._draw.randint(900, 999)}"
            if body not in self._taken:
                self._taken.add(body)
                return body
            insee = birth_place(self._draw)["insee"]

    def landline(self) -> str:
        """Return a household's number, ten digits."""
        self._next_landline += 1
        return self._landlines[self._next_landline % len(self._landlines)]

    def mobile(self) -> str | None:
        """Return one's own number; None = the range is used up."""
        return self._mobiles.pop() if self._mobiles else None


def spaced(phone: str, sign: str = " ") -> str:
    """Return ten digits by twos."""
    return sign.join(phone[start : start + 2] for start in range(0, 10, 2))


_PLACES = rows("places.tsv")
_BIRTHS = [float(place["births"]) for place in _PLACES]
_HOMES = [float(place["home"]) for place in _PLACES]


def birth_place(draw: random.Random) -> dict[str, str]:
    """Return a row of places.tsv, as likely as people are born there."""
    return draw.choices(_PLACES, _BIRTHS)[0]


def home(draw: random.Random) -> tuple[str, dict[str, str]]:
    """Return street and number, and a row of places.tsv."""
    streets = numbers("people.toml")["streets"]
    number = min(draw.randint(1, 90), draw.randint(1, 140))
    return f"{number} {draw.choice(streets['kinds'])} {draw.choice(streets['names'])}", draw.choices(
        _PLACES, _HOMES
    )[0]
