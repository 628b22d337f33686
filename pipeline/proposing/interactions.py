"""What may not be taken together: our own table of pairs first, then the imported thesaurus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from pipeline.domain.review import Flag
from pipeline.proposing.rules import flag, table, under
from pipeline.proposing.thesaurus import ALARMING, ORDER, Level, Thesaurus, is_alarming
from pipeline.proposing.treatments import Treatment, components, parts

_RULES = {
    Level.CONTRA_INDICATED: "interaction_contraindicated",
    Level.DISCOURAGED: "interaction_discouraged",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A finding about a line's drug and another one.

    Attributes:
        levels: as stated, most severe first; several = it depends on dose, route or use.
        alarming: it interrupts.
        fr, en: why; the thesaurus speaks French only.
    """

    other: Treatment
    levels: tuple[Level, ...]
    alarming: bool
    fr: str
    en: str
    source: str


def interaction(
    treatment: Treatment, others: Sequence[Treatment], *, thesaurus: Thesaurus | None = None
) -> list[Flag]:
    """Flag what may not be taken together; precautions and the like share one quiet line.

    A pair that no source lists says nothing; what no source knows is told by `not_evaluated`.

    Args:
        treatment: the line's drug.
        others: all that the patient takes; the line itself among them is left out.
        thesaurus: as imported; None = the built-in table alone.
    """
    rivals = [
        other
        for other in others
        if (other.position is None or other.position != treatment.position)
        and not treatment.is_same_drug(other)
    ]
    found = [pair for other in rivals if (pair := between(treatment, other, thesaurus=thesaurus)) is not None]
    flags = [_alarm(treatment, pair) for pair in found if pair.alarming]
    quiet = sorted(
        (pair for pair in found if not pair.alarming), key=lambda pair: ORDER.index(pair.levels[0])
    )
    if quiet:
        flags.append(_quiet_line(treatment, quiet))
    return flags


def between(one: Treatment, other: Treatment, *, thesaurus: Thesaurus | None) -> Pair | None:
    """Return what is known of two treatments; None = neither source lists them together.

    Our own table comes first: it tells by ATC code what the thesaurus tells by dose or use (aspirin against
    platelets or pain), and its pairs were compared with the thesaurus.
    """
    own = own_pair(one.atc, other.atc)
    if own is not None:
        level = Level(own["level"])
        source = own.get("source", table("interactions")["source"])
        return Pair(other, (level,), level in ALARMING, own["fr"], own["en"], source)
    if thesaurus is None or one.is_local or other.is_local:
        return None
    entries = [
        entry
        for mine, theirs in product(parts(one.substance), parts(other.substance))
        if set(components(mine)) != set(components(theirs))
        for entry in thesaurus.of(mine, theirs)
    ]
    if not entries:
        return None
    worst = min(entries, key=lambda entry: (not is_alarming(entry), ORDER.index(entry.levels[0])))
    why = worst.why or worst.other
    return Pair(other, worst.levels, is_alarming(worst), why, why, thesaurus.source)


def own_pair(one: str | None, other: str | None) -> dict[str, str] | None:
    """Return the most severe row of our own table for two ATC codes; None = there is none."""
    fits = [
        pair
        for pair in table("interactions")["pair"]
        if (under(one, pair["one"]) and under(other, pair["other"]))
        or (under(other, pair["one"]) and under(one, pair["other"]))
    ]
    return min(fits, key=lambda pair: ORDER.index(Level(pair["level"])), default=None)


def _alarm(treatment: Treatment, pair: Pair) -> Flag:
    words = {"drug": treatment.drug, "other": pair.other.drug}
    return flag(
        _RULES[pair.levels[0]],
        source=pair.source,
        fr={**words, "level": _level(pair.levels, "fr"), "why": pair.fr},
        en={"level": _level(pair.levels, "en"), "why": pair.en},
        evidence=(*treatment.evidence, *pair.other.evidence),
    )


def _level(levels: tuple[Level, ...], language: str) -> str:
    """Return levels in words: "Contre-indication ou association déconseillée, selon le cas"."""
    rules = table("interactions")
    first, *others = (str(rules["level"][level][language]) for level in levels)
    if not others:
        return first
    joined = str(rules["several"][f"or_{language}"]).join([first, *(other.lower() for other in others)])
    return str(rules["several"][language]).format(levels=joined)


def _quiet_line(treatment: Treatment, pairs: Sequence[Pair]) -> Flag:
    """Say all milder levels in one line: the level with the drugs it holds for, the worst first."""
    said: dict[tuple[Level, ...], list[str]] = {}
    for pair in pairs:
        names = said.setdefault(pair.levels, [])
        if pair.other.drug not in names:
            names.append(pair.other.drug)
    french, english = (
        " ; ".join(f"{_level(levels, language)}{colon}{', '.join(names)}" for levels, names in said.items())
        for language, colon in (("fr", " : "), ("en", ": "))
    )
    return flag(
        "interaction_quiet",
        source=" ; ".join(dict.fromkeys(pair.source for pair in pairs)),
        fr={"drug": treatment.drug, "pairs": french},
        en={"pairs": english},
        evidence=(*treatment.evidence, *(piece for pair in pairs for piece in pair.other.evidence)),
    )


def not_evaluated(
    treatment: Treatment, taken: Sequence[Treatment], *, thesaurus: Thesaurus | None = None
) -> list[Flag]:
    """Name the drugs that no source knows, once a page: on its first line that starts or changes something.

    Args:
        treatment: the line's drug.
        taken: all that the patient takes, the line itself among them.
        thesaurus: as imported; None = the built-in table alone.
    """
    places = [one.position for one in taken if one.is_new and one.position is not None]
    strangers = dict.fromkeys(one.drug for one in taken if not is_known(one, thesaurus))
    if len(taken) < 2 or not strangers or treatment.position != min(places, default=None):
        return []
    source = thesaurus.source if thesaurus else str(table("interactions")["own_source"])
    words = {"unknown": ", ".join(strangers)}
    return [flag("interaction_not_evaluated", source=source, fr=words, evidence=treatment.evidence)]


def is_known(treatment: Treatment, thesaurus: Thesaurus | None) -> bool:
    """Tell whether a source can speak of a drug: each part in the thesaurus, or its class in our table.

    What acts only where it is put counts as known: neither source means it unless it says so.
    """
    if treatment.is_local:
        return True
    if thesaurus is not None:
        return all(thesaurus.names_of(part) for part in parts(treatment.substance))
    pairs = table("interactions")["pair"]
    return any(under(treatment.atc, [*pair["one"], *pair["other"]]) for pair in pairs)
