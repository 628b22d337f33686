"""What the screens say, in French and English: the tables under locale/, with dates and shares."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

LANGUAGES = ("fr", "en")
LOCALE = Path(__file__).parent / "locale"
PARIS = ZoneInfo("Europe/Paris")


@cache
def table(language: str) -> dict[str, str]:
    """Return one language's sentences, keys flattened with dots ("queue.title")."""
    with (LOCALE / f"{language}.toml").open("rb") as file:
        return dict(_flat(tomllib.load(file)))


def _flat(values: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in values.items():
        if isinstance(value, dict):
            found.extend(_flat(value, f"{prefix}{key}."))
        else:
            found.append((prefix + key, str(value)))
    return found


@dataclass(frozen=True, slots=True)
class Words:
    """One language's voice.

    Attributes:
        language: "fr" or "en".
    """

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence of a key with its braces filled in.

        Raises:
            KeyError: the table has no such key.
        """
        return table(self.language)[key].format(**values)

    def count(self, key: str, number: int, **values: object) -> str:
        """Return the sentence for so many: `key`.one or `key`.many; French counts 0 as singular."""
        one = number == 1 or (number == 0 and self.language == "fr")
        return self(f"{key}.{'one' if one else 'many'}", n=number, **values)

    def known(self, prefix: str, key: str, otherwise: str) -> str:
        """Return the sentence of a key that comes from another room, `otherwise` where it is new to us."""
        return table(self.language).get(f"{prefix}.{key}") or self(otherwise)

    def named(self, prefix: str, key: str) -> str:
        """Return the sentence of a key that comes from another room, or the key itself where it is a name."""
        return table(self.language).get(f"{prefix}.{key}", key)

    def day(self, value: date | None) -> str:
        """Return a date as people write it, or the words for none."""
        if value is None:
            return self("day.none")
        if self.language == "fr":
            return f"{value:%d/%m/%Y}"
        return f"{value.day} {self(f'month.{value.month}')} {value.year}"

    def moment(self, value: datetime) -> str:
        """Return day and time in Paris; `value` is UTC."""
        local = value.astimezone(PARIS)
        clock = f"{local.hour} h {local:%M}" if self.language == "fr" else f"{local:%H:%M}"
        return self("day.at", day=self.day(local.date()), time=clock)

    def share(self, value: float) -> str:
        """Return a share 0-1 in percent; neither certainty nor impossibility is ever claimed."""
        percent = round(value * 100)
        blank = "\N{NO-BREAK SPACE}" if self.language == "fr" else ""
        if percent >= 100:
            return f">{blank}99{blank}%"
        if percent < 1:
            return f"<{blank}1{blank}%"
        return f"{percent}{blank}%"
