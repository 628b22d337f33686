"""Texts to train on: lines as prescriptions, notes, labels and letters hold them, composed by chance."""

from __future__ import annotations

import json
import random
import tomllib
from collections import defaultdict
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from pipeline.matching.drug_table import gp_rows

Chance = random.Random


class Phrases:
    """Composes lines; the words stand in phrases.toml, the drug names in the formulary's tables."""

    def __init__(self, french: Sequence[str] = ()) -> None:
        """Read the tables.

        Args:
            french: lines of running French, whole or in pieces part of the mix; none is fine.
        """
        self.words: dict[str, list[str]] = tomllib.loads(
            (Path(__file__).parent / "phrases.toml").read_text(encoding="utf-8")
        )
        self.often = [drug.name for row in gp_rows() for drug in row.drugs]
        self.rare = sorted(_names_in_edsnlp())
        self.french = list(french)
        self._tails = _tails([*self.often, *self.rare])
        self._kinds: list[tuple[float, Callable[[Chance], str]]] = [
            (0.24, self.medication),
            (0.10, self.posology),
            (0.08, self.identity),
            (0.05, self.day),
            (0.08, self.vital),
            (0.12, self.note),
            (0.03, self.heading),
            (0.10, self.word),
            (0.06, self.number),
            (0.14, self.prose),
        ]

    def line(self, chance: Chance) -> str:
        """Return one line, 1 to about 70 characters."""
        weights = [weight for weight, _ in self._kinds]
        make = chance.choices([make for _, make in self._kinds], weights)[0]
        text = " ".join(make(chance).split())
        if chance.random() < 0.03:
            text = text.upper()
        return text[:70].strip() or "RAS"

    def pick(self, chance: Chance, table: str) -> str:
        """Return a word of a table."""
        return chance.choice(self.words[table])

    def drug(self, chance: Chance) -> str:
        """Return a drug's name: often prescribed, rare, or one that only sounds like a drug."""
        roll = chance.random()
        if roll < 0.6:
            name = chance.choice(self.often)
        elif roll < 0.8:
            name = chance.choice(self.rare)
        else:
            name = self.sounding(chance)
        cases: list[Callable[[str], str]] = [str, str, str, str.lower, str.capitalize, str.upper]
        return chance.choice(cases)(name)

    def sounding(self, chance: Chance) -> str:
        """Return an invented name, drawn letter by letter after the letters before."""
        name = "^"
        while len(name) < 14:
            letter = chance.choice(self._tails[name[-3:]] or ["$"])
            if letter == "$":
                break
            name += letter
        return name[1:].capitalize() if len(name) > 3 else chance.choice(self.often)

    def strength(self, chance: Chance) -> str:
        """Return an amount with its unit, close or apart, or two joined."""
        amount, unit = self.pick(chance, "amounts"), self.pick(chance, "units")
        text = amount + chance.choice(["", " ", " "]) + unit
        roll = chance.random()
        if roll < 0.06:
            text = f"{amount}/{self.pick(chance, 'amounts')}{chance.choice(['', ' '])}{unit}"
        return amount if roll > 0.93 else text

    def posology(self, chance: Chance) -> str:
        """Return a posology, with or without dose, duration and what follows."""
        parts = []
        if chance.random() < 0.85:
            dose = f"{self.pick(chance, 'doses')}{chance.choice([' ', ' ', ''])}{self.pick(chance, 'forms')}"
            parts.append(dose)
        parts.append(self.pick(chance, chance.choice(["rhythms", "rhythms", "times"])))
        for table, share in (("times", 0.2), ("needs", 0.18), ("durations", 0.5), ("notes_after", 0.1)):
            if chance.random() < share:
                parts.append(self.pick(chance, table))
        return chance.choice([" ", " ", " ", ", ", " - ", " : "]).join(parts)

    def medication(self, chance: Chance) -> str:
        """Return a prescribed item, or the first line of one."""
        text = self.pick(chance, "bullets") if chance.random() < 0.35 else ""
        if chance.random() < 0.08:
            text += self.pick(chance, "verbs") + " "
        text += self.drug(chance)
        if chance.random() < 0.75:
            text += " " + self.strength(chance)
        if chance.random() < 0.15:
            text += " " + self.pick(chance, "forms")
        if chance.random() < 0.5:
            text += chance.choice([" ", " ", " : ", ", ", " -> ", " → ", " = ", " "]) + self.posology(chance)
        return text

    def identity(self, chance: Chance) -> str:
        """Return a person, with birth date, age or nothing."""
        last = self.pick(chance, "surnames") if chance.random() < 0.7 else self.sounding(chance)
        if chance.random() < 0.15:
            last += chance.choice(["-", " "]) + self.pick(chance, "surnames")
        last = last.upper() if chance.random() < 0.45 else last
        first = self.pick(chance, "given")
        name = f"{last} {first}" if chance.random() < 0.7 else f"{first} {last}"
        text = f"{self.pick(chance, 'persons')} {name}"
        roll = chance.random()
        if roll < 0.35:
            text += chance.choice([" ", " né le ", " née le ", " - ", " (", ", ", " ddn "]) + self.day(chance)
        elif roll < 0.6:
            age = chance.randint(1, 99)
            text += " " + chance.choice(
                [f"{age} ans", f"{age}a", f"({age} ans)", f"{age} mois", f", {age} ans"]
            )
        elif roll < 0.68:
            text = f"{chance.randint(1, 120)} {self.pick(chance, 'streets')} {self.pick(chance, 'towns')}"
        return text

    def day(self, chance: Chance) -> str:
        """Return a date in one of the ways people write it."""
        day, month = chance.randint(1, 31), chance.randint(1, 12)
        year = chance.choice([chance.randint(1920, 2025), 2025, 2025])
        short = chance.choice([str(year), f"{year % 100:02d}"])
        sign = chance.choice(["/", "/", "/", "-", ".", " / "])
        words = f"{day} {self.pick(chance, 'months')} {year}"
        full = sign.join([chance.choice([f"{day:02d}", str(day)]), f"{month:02d}", short])
        text = chance.choice([full, full, full, f"{day:02d}/{month:02d}", f"{day}/{month}", words])
        before = chance.choice(["", "", "", "Le ", "le ", f"{self.pick(chance, 'towns')}, le "])
        return before + text

    def vital(self, chance: Chance) -> str:
        """Return one to three measures."""
        n = chance.randint
        made = []
        for _ in range(chance.choice([1, 1, 2, 3])):
            values = {"a": n(9, 19), "b": n(5, 11), "aaa": n(90, 199), "bb": n(50, 110), "d": n(0, 10)}
            values |= {"f": n(40, 150), "s": n(82, 100), "r": n(10, 40), "p": n(3, 130), "l": n(50, 200)}
            values |= {"i": n(14, 45), "e": n(10, 70) * 10}
            text = self.pick(chance, "vitals")
            tenths = f"{n(0, 9)}{chance.choice([',', '.'])}{n(0, 99)}"
            text = text.replace("{t}", f"{n(35, 41)}{chance.choice([',', '.'])}{n(0, 9)}")
            text = text.replace("{g}", tenths).replace("{h}", f"{n(3, 15)},{n(0, 9)}")
            made.append(text.format(**values))
        return chance.choice([" ", " - ", ", ", "  "]).join(made)

    def note(self, chance: Chance) -> str:
        """Return a piece of a consultation note."""
        parts = []
        for _ in range(chance.choice([1, 1, 2, 2, 3])):
            parts.append(self.pick(chance, chance.choice(["complaints", "findings", "plans"])))
            if chance.random() < 0.25:
                what = chance.choice([self.drug(chance), f"{chance.randint(2, 12)} j"])
                parts.append(f"{self.pick(chance, 'small_words')} {what}")
        text = chance.choice([" ", ", ", ", ", " + ", " - "]).join(parts)
        if chance.random() < 0.1:
            text = f"{self.pick(chance, 'headings')} {text}"
        return text[0].upper() + text[1:] if chance.random() < 0.4 else text

    def heading(self, chance: Chance) -> str:
        """Return a heading, alone or with a date."""
        text = self.pick(chance, "headings")
        return f"{text} {self.day(chance)}" if chance.random() < 0.3 else text

    def word(self, chance: Chance) -> str:
        """Return one or two words alone: what a reader of whole lines forgets first."""
        roll = chance.random()
        if roll < 0.6:
            return self.drug(chance)
        table = chance.choice(
            ["forms", "rhythms", "times", "durations", "needs", "surnames", "given", "complaints"]
        )
        text = self.pick(chance, table)
        return text.upper() if chance.random() < 0.2 else text

    def number(self, chance: Chance) -> str:
        """Return digits: doses, amounts, telephones, numbers of identity, times."""
        n = chance.randint
        return chance.choice(
            [
                self.strength(chance),
                f"{self.strength(chance)} {self.pick(chance, 'doses')} {self.pick(chance, 'forms')}",
                " ".join(f"{n(0, 99):02d}" for _ in range(5)),
                f"{n(1, 2)} {n(0, 99):02d} {n(1, 12):02d} {n(1, 95):02d} {n(0, 999):03d} {n(0, 999):03d}",
                "".join(str(n(0, 9)) for _ in range(n(1, 11))),
                f"{n(0, 23)}h{chance.choice(['', f'{n(0, 59):02d}'])}",
                f"{n(1, 12)} {self.pick(chance, 'doses')} {n(1, 999)}",
                f"{n(1, 20)} x {n(1, 12)}",
                f"{n(0, 3)}-{n(0, 3)}-{n(0, 3)}",
            ]
        )

    def prose(self, chance: Chance) -> str:
        """Return running French, whole or a piece of it."""
        if not self.french:
            return self.note(chance)
        words = chance.choice(self.french).split()
        if len(words) > 3 and chance.random() < 0.5:
            start = chance.randrange(len(words) - 2)
            words = words[start : start + chance.randint(1, 6)]
        return " ".join(words)


def _names_in_edsnlp() -> set[str]:
    """Return the drug names that edsnlp carries (BSD-3-Clause), those of one or two words."""
    spec = find_spec("edsnlp")
    if spec is None or not spec.submodule_search_locations:
        return set()
    path = Path(spec.submodule_search_locations[0]) / "resources" / "drugs.json.gz"
    path = path if path.exists() else path.with_suffix("")
    table = json.loads(path.read_text(encoding="utf-8"))
    names = {name.capitalize() for entry in table.values() for name in entry}
    return {name for name in names if 4 <= len(name) <= 24 and len(name.split()) <= 2}


def _tails(names: Sequence[str]) -> dict[str, list[str]]:
    """Return, for every three letters, the letters that follow them in names."""
    tails: dict[str, list[str]] = defaultdict(list)
    for name in names:
        marked = "^" + name.lower() + "$"
        for place in range(1, len(marked)):
            tails[marked[max(0, place - 3) : place]].append(marked[place])
    return tails
