"""The gold set in tests/gold: reading it, and its dosage language as comparable facts (see its README)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.domain.meaning import Posology
from pipeline.evaluation.canonical import dose_unit, folded, number

GOLD = Path(__file__).parents[1] / "gold"
ACTIONS = ("start", "continue", "change", "stop")
FLAGS = ("ambiguous", "dangerous-notation", "any")
MOMENTS = ("matin", "midi", "après-midi", "soir", "coucher", "nuit")
WEEKDAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
UNITS_OF_TIME = {"h": ("h", 1), "j": ("d", 1), "d": ("d", 1), "sem": ("d", 7), "wk": ("d", 7)} | {
    **{"mois": ("mo", 1), "mo": ("mo", 1), "an": ("a", 1), "a": ("a", 1), "min": ("min", 1)}
}
TAKING = (
    *("dose", "unit", "frequency", "when", "weekdays", "instructions", "duration", "count"),
    *("as_needed", "as_needed_for", "max_per_day", "route", "site"),
)
ITEM = ("substance", "strength", "action", "renewals", "not_substitutable", "flags", "phases")
FIELDS = (*ITEM, *TAKING)
KINDS = ("allergy", "vital", "problem", "drug")
ASSERTIONS = ("affirmed", "negated", "past", "hypothetical", "other_person")
Taking = dict[str, Any]


@dataclass(frozen=True, slots=True)
class GoldItem:
    """One item; `phases` hold takings without the facts not written; `left_open` is not compared."""

    substance: str
    strength: str
    phases: tuple[tuple[Taking, ...], ...]
    action: str | None
    renewals: int | None
    not_substitutable: bool
    flags: frozenset[str]
    left_open: frozenset[str]


@dataclass(slots=True)
class GoldText:
    """A row and those that continue it; `items` are in the order of the paper."""

    theme: str
    text: str
    held: bool
    items: list[GoldItem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GoldMention:
    """One mention of a note; an empty value is one that the note does not name."""

    kind: str
    value: str
    assertion: str


@dataclass(frozen=True, slots=True)
class GoldNote:
    """A sentence of a consultation note."""

    text: str
    held: bool
    mentions: tuple[GoldMention, ...]
    left_open: frozenset[str]


def rows(path: Path) -> list[dict[str, str]]:
    """Return a gold file's rows."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))


def read_items() -> list[GoldText]:
    """Return every item of every theme.

    Raises:
        ValueError: a word is not of the gold's language.
    """
    texts: list[GoldText] = []
    for path in sorted((GOLD / "items").glob("*.tsv")):
        for row in rows(path):
            if row["text"] != "+":
                texts.append(GoldText(path.stem, row["text"], row["held"] == "held"))
            texts[-1].items.append(_item(row))
    return texts


def read_notes() -> list[GoldNote]:
    """Return every sentence of the notes."""
    return [
        GoldNote(
            row["text"],
            row["held"] == "held",
            tuple(_mention(part) for part in row["mentions"].split("; ") if part),
            frozenset(word.removeprefix("?") for word in row["left_open"].split()),
        )
        for row in rows(GOLD / "notes.tsv")
    ]


def _mention(part: str) -> GoldMention:
    found = re.fullmatch(rf"({'|'.join(KINDS)}): (.+?)(?: \(({'|'.join(ASSERTIONS)})\))?", part)
    if not found:
        raise ValueError(part)
    return GoldMention(found[1], "" if found[2] == "-" else found[2], found[3] or "affirmed")


def _item(row: dict[str, str]) -> GoldItem:
    words = row["also"].split()
    left_open = frozenset(word[1:] for word in words if word.startswith("?"))
    flags = frozenset(word[1:] for word in words if word.startswith("!"))
    rest = [word for word in words if word[0] not in "?!"]
    unknown = [w for w in rest if w not in (*ACTIONS, "NS") and not re.fullmatch(r"R\d+", w)]
    if unknown or left_open - set(FIELDS) or flags - set(FLAGS):
        raise ValueError(row["text"])
    renewals = [int(word[1:]) for word in rest if re.fullmatch(r"R\d+", word)]
    return GoldItem(
        row["substance"],
        row["strength"],
        dosage(row["dosage"]),
        next((word for word in rest if word in ACTIONS), None),
        renewals[0] if renewals else None,
        "NS" in rest,
        flags,
        left_open,
    )


def dosage(text: str) -> tuple[tuple[Taking, ...], ...]:
    """Return the phases of a dosage in the gold's language.

    Raises:
        ValueError: a part is not of the language.
    """
    if not text:
        return ()
    return tuple(merged(_taking(taking) for taking in phase.split(" & ")) for phase in text.split(" > "))


def _taking(text: str) -> Taking:
    facts: Taking = {}
    for part in text.split("; "):
        if found := re.fullmatch(r"si besoin(?:: (.+))?", part):
            facts |= {"as_needed": True} | ({"as_needed_for": words_of(found[1])} if found[1] else {})
        elif found := re.fullmatch(r"(\d+)(?:-(\d+))?/(?:(\d+) )?(h|j|sem|mois|an)", part):
            facts["frequency"] = rate(found[1], found[2], found[3] or 1, found[4])
        elif found := re.fullmatch(r"pdt (\d+)(?:-(\d+))? (h|j|sem|mois|an)", part):
            facts["duration"] = length(found[1], found[2], found[3])
        elif found := re.fullmatch(r"(\d+) fois", part):
            facts["count"] = int(found[1])
        elif found := re.fullmatch(r"le ([a-z+]+)", part):
            facts["weekdays"] = tuple(WEEKDAYS.index(day) for day in found[1].split("+"))
        elif all(word in MOMENTS for word in part.split("+")):
            facts["when"] = tuple(part.split("+"))
        elif found := re.fullmatch(r"\[(.+)\]", part):
            facts["instructions"] = (*facts.get("instructions", ()), words_of(found[1]))
        elif found := re.fullmatch(r"(max|voie|site) (.+)", part):
            name = {"max": "max_per_day", "voie": "route", "site": "site"}[found[1]]
            facts[name] = number(found[2]) if found[1] == "max" else folded(found[2])
        elif found := re.fullmatch(r"([\d.,]+)(?:-([\d.,]+))?(?: (\D+))?", part):
            facts["dose"] = (number(found[1]), number(found[2]))
            facts |= {"unit": unit_of(found[3])} if found[3] else {}
        else:
            raise ValueError(part)
    return facts


def taking_of(posology: Posology) -> Taking:
    """Return a posology's facts in the same form; what it leaves open is absent."""
    p = posology
    facts: Taking = {
        "dose": None if p.dose is None else (number(p.dose), number(p.dose_high)),
        "unit": unit_of(p.dose_unit),
        "frequency": None
        if p.frequency is None and p.period is None
        else rate(p.frequency, p.frequency_max, p.period or 1, p.period_unit or "d"),
        "when": tuple(moment.value for moment in p.when),
        "weekdays": tuple(p.weekdays),
        "instructions": tuple(sorted(words_of(each) for each in p.instructions)),
        "duration": length(p.duration.value, p.duration.high, p.duration.unit) if p.duration else None,
        "count": p.count,
        "as_needed": p.as_needed or None,
        "as_needed_for": words_of(p.as_needed_for) if p.as_needed_for else None,
        "max_per_day": number(p.max_per_day),
        "route": folded(p.route).removeprefix("voie ") or None,
        "site": folded(p.site) or None,
    }
    return {name: value for name, value in facts.items() if value not in (None, ())}


def merged(takings: Iterable[Taking]) -> tuple[Taking, ...]:
    """Return takings, those alike but for the time of day as one; empty doses and implied rates go."""
    groups: dict[str, Taking] = {}
    for taking in takings:
        facts = _without_implied_rate(taking)
        if facts.get("dose") == (0.0, None):
            continue
        key = repr(sorted((name, value) for name, value in facts.items() if name != "when"))
        if "when" in facts and key in groups and "when" in groups[key]:
            groups[key]["when"] = (*groups[key]["when"], *facts["when"])
        else:
            groups[key if key not in groups else f"{key}{len(groups)}"] = facts
    for facts in groups.values():
        if "when" in facts:
            facts["when"] = tuple(sorted(facts["when"], key=MOMENTS.index))
    return tuple(sorted(map(_without_implied_rate, groups.values()), key=_place))


def _place(taking: Taking) -> tuple[int, str]:
    return MOMENTS.index(taking["when"][0]) if "when" in taking else -1, repr(sorted(taking.items()))


def _without_implied_rate(taking: Taking) -> Taking:
    implied = {("d", 1.0): len(taking.get("when", ())), ("d", 7.0): len(taking.get("weekdays", ()))}
    low, high, period, unit = taking.get("frequency", (None, None, None, None))
    if low and high is None and implied.get((unit, period)) == low:
        return {name: value for name, value in taking.items() if name != "frequency"}
    return dict(taking)


def unit_of(text: str | None) -> str | None:
    """Return a dose's unit; a child's dose by weight and an inhaler's puff have two names each."""
    unit = dose_unit(text)
    return {"dose poid": "dose poids", "inhalation": "bouffee"}.get(unit, unit) or None


def rate(low: Any, high: Any, period: Any, unit: str) -> tuple[Any, ...]:
    """Return times, most times, period and its unit; weeks count as 7 days."""
    name, factor = UNITS_OF_TIME[str(unit)]
    return number(low), number(high), (number(period) or 1.0) * factor, name


def length(low: Any, high: Any, unit: str) -> tuple[Any, ...]:
    """Return a duration's low and high end and its unit; weeks count as 7 days."""
    name, factor = UNITS_OF_TIME[str(unit)]
    return (number(low) or 0.0) * factor, (number(high) or 0.0) * factor or None, name


def words_of(text: str) -> str:
    """Return the words that matter, singular: "avant repas" and "avant les repas" are alike."""
    dropped = ("le", "la", "les", "l", "de", "des", "du", "d", "si")
    return " ".join(word.rstrip("s") for word in folded(text).split() if word not in dropped)
