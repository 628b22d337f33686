"""Checks a line against all that the patient takes or does not bear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from pipeline.domain.review import Flag
from pipeline.proposing.rules import flag, fold, same_substance_key, table, under
from pipeline.proposing.treatments import Treatment, components


def allergy(treatment: Treatment, allergies: Iterable[str]) -> list[Flag]:
    """Flag a drug that an allergy forbids, by its substance or by its class; else one of a class near it.

    Args:
        treatment: the line's drug.
        allergies: as the record or the page words them.
    """
    words = tuple(allergies)
    for said in words:
        if _names_substance(said, treatment) or _forbids(said, treatment):
            named = {"drug": treatment.drug, "allergy": said}
            return [flag("allergy", fr=named, evidence=treatment.evidence)]
    for said in words:
        for row in _classes(said):
            if under(treatment.atc, row.get("cross", [])):
                french, english = row["why"]
                named = {"drug": treatment.drug, "allergy": said, "why": french}
                return [
                    flag(
                        row.get("rule", "cross_allergy"),
                        fr=named,
                        en={"why": english},
                        evidence=treatment.evidence,
                    )
                ]
    return []


def duplicate(treatment: Treatment, others: Sequence[Treatment]) -> list[Flag]:
    """Flag the same substance twice, or two of a class of which one is enough; the worst finding only.

    Between two new lines of a page the later one carries the flag.
    """
    rivals = [other for other in others if _comes_first(other, treatment)]
    for other in rivals:
        if treatment.is_same_drug(other) or _shares_component(treatment, other):
            return [_twice("duplicate_substance", treatment, other)]
    for other in rivals:
        group = shared_group(treatment, other)
        if group is not None:
            return [_twice("duplicate_class", treatment, other, group)]
    for other in rivals:
        if _same_atc4(treatment, other):
            code = str(treatment.atc)[:5]
            return [_twice("duplicate_atc4", treatment, other, {"fr": code, "en": code})]
    return []


def shared_group(one: Treatment, other: Treatment) -> Mapping[str, str] | None:
    """Return the class of which both are and one is enough; None = there is none."""
    groups = table("duplicate_groups")["group"]
    return next((g for g in groups if under(one.atc, g["atc"]) and under(other.atc, g["atc"])), None)


def caution(treatment: Treatment, problems: Iterable[str]) -> list[Flag]:
    """Flag a drug that pregnancy or renal failure speaks against, where the record names one."""
    found = []
    if treatment.is_local:
        return []
    for rule in ("pregnancy", "renal"):
        state = table("cautions")[rule]
        if not any(_tells(problem, state) for problem in problems):
            continue
        for row in state["drug"]:
            if under(treatment.atc, row["atc"]):
                words = {"drug": treatment.drug, "why": row["fr"]}
                found.append(flag(rule, fr=words, en={"why": row["en"]}, evidence=treatment.evidence))
                break
    return found


def high_risk(treatment: Treatment) -> list[Flag]:
    """Name a drug whose misreading harms most."""
    for group in table("high_risk")["group"]:
        if under(treatment.atc, group["atc"]):
            words = {"drug": treatment.drug, "why": group["fr"]}
            return [flag("high_risk", fr=words, en={"why": group["en"]}, evidence=treatment.evidence)]
    return []


def _twice(rule: str, one: Treatment, other: Treatment, group: Mapping[str, str] | None = None) -> Flag:
    named = {"drug": one.drug, "other": other.drug}
    ink = (*one.evidence, *other.evidence)
    if group is None:
        return flag(rule, fr=named, evidence=ink)
    return flag(rule, fr={**named, "group": group["fr"]}, en={"group": group["en"]}, evidence=ink)


def _same_atc4(one: Treatment, other: Treatment) -> bool:
    """Tell whether both are of one chemical group (ATC level 4) and not of one where two are usual."""
    if one.is_local or other.is_local or not one.atc or not other.atc or len(one.atc) < 5:
        return False
    return one.atc[:5] == other.atc[:5] and not under(one.atc, table("duplicate_groups")["two_are_usual"])


def _tells(problem: str, state: Mapping[str, list[str]]) -> bool:
    said = f" {fold(problem)}"
    return any(f" {word}" in said for word in state["words"]) and not any(
        f" {word}" in said for word in state["but"]
    )


def _names_substance(words: str, treatment: Treatment) -> bool:
    """Tell whether the allergy's words hold the drug's name or one of its substances."""
    said = set(fold(words).split())
    keys = [*components(treatment.substance), frozenset(fold(treatment.drug).split())]
    return any(key and key <= said for key in keys)


def _classes(words: str) -> list[dict[str, Any]]:
    """Return the rows of classes that an allergy's words name."""
    said = f" {fold(words)}"
    rows = (row for row in table("allergy_classes").values() if isinstance(row, dict))
    return [row for row in rows if any(f" {stem}" in said for stem in row["words"])]


def _forbids(words: str, treatment: Treatment) -> bool:
    """Tell whether the classes that an allergy's words name hold the drug, by its code or by a part of it."""
    parts = components(treatment.substance)
    return any(
        under(treatment.atc, row["atc"])
        or any(same_substance_key(name) in parts for name in row.get("substances", []))
        for row in _classes(words)
    )


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
