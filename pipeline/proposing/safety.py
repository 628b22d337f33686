"""Checks a line against all that the patient takes or does not bear."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from pipeline.domain.review import Flag
from pipeline.proposing.rules import flag, fold, table, under
from pipeline.proposing.treatments import Treatment, components


def allergy(treatment: Treatment, allergies: Iterable[str]) -> list[Flag]:
    """Flag a drug that an allergy forbids, by its substance or by its class.

    Args:
        treatment: the line's drug.
        allergies: as the record or the page words them.
    """
    for words in allergies:
        if _names_substance(words, treatment) or _names_class(words, treatment.atc):
            source = str(table("allergy_classes")["source"])
            return [flag("allergy", source=source, fr={"drug": treatment.drug, "allergy": words})]
    return []


def duplicate(treatment: Treatment, others: Sequence[Treatment]) -> list[Flag]:
    """Flag the same substance twice, or two of a class of which one is enough; the worst finding only.

    Between two new lines of a page the later one carries the flag.
    """
    rivals = [other for other in others if _comes_first(other, treatment)]
    source = str(table("duplicate_groups")["source"])
    for other in rivals:
        if treatment.is_same_drug(other) or _shares_component(treatment, other):
            words = {"drug": treatment.drug, "other": other.drug}
            return [flag("duplicate", sentence="duplicate_substance", source=source, fr=words)]
    for group in table("duplicate_groups")["group"]:
        for other in rivals:
            if under(treatment.atc, group["atc"]) and under(other.atc, group["atc"]):
                words = {"drug": treatment.drug, "other": other.drug, "group": group["fr"]}
                english = {"group": group["en"]}
                return [flag("duplicate", sentence="duplicate_class", source=source, fr=words, en=english)]
    return []


def interaction(treatment: Treatment, others: Sequence[Treatment]) -> list[Flag]:
    """Flag the listed pairs; a substance without ATC code, or a pair not listed, is not evaluated."""
    found = []
    rules = table("interactions")
    for other in others:
        if other.position == treatment.position and other.position is not None:
            continue
        pair = _worst_pair(treatment.atc, other.atc)
        if pair is not None and not treatment.is_same_drug(other):
            level = rules["level"][pair["level"]]
            words = {"drug": treatment.drug, "other": other.drug}
            found.append(
                flag(
                    "interaction",
                    sentence=level["severity"],
                    source=pair.get("source", rules["source"]),
                    fr={**words, "level": level["fr"], "why": pair["fr"]},
                    en={"level": level["en"], "why": pair["en"]},
                )
            )
    return found


def _worst_pair(one: str | None, other: str | None) -> dict[str, str] | None:
    rules = table("interactions")
    order = list(rules["level"])
    fits = [
        pair
        for pair in rules["pair"]
        if (under(one, pair["one"]) and under(other, pair["other"]))
        or (under(other, pair["one"]) and under(one, pair["other"]))
    ]
    return min(fits, key=lambda pair: order.index(pair["level"]), default=None)


def _names_substance(words: str, treatment: Treatment) -> bool:
    """Tell whether the allergy's words hold the drug's name or one of its substances."""
    said = set(fold(words).split())
    keys = [*components(treatment.substance), frozenset(fold(treatment.drug).split())]
    return any(key and key <= said for key in keys)


def _names_class(words: str, atc: str | None) -> bool:
    said = f" {fold(words)}"
    classes = (row for row in table("allergy_classes").values() if isinstance(row, dict))
    return any(under(atc, row["atc"]) and any(f" {stem}" in said for stem in row["words"]) for row in classes)


def _comes_first(other: Treatment, treatment: Treatment) -> bool:
    if other.position == treatment.position and other.position is not None:
        return False
    if other.position is None or not other.is_new:
        return True
    return treatment.position is not None and other.position < treatment.position


def _shares_component(one: Treatment, other: Treatment) -> bool:
    """Tell whether a combination holds what the other holds, within one organ system."""
    if one.atc and other.atc and one.atc[:1] != other.atc[:1]:
        return False
    parts = components(one.substance)
    return any(part and part in parts for part in chain(components(other.substance)))
