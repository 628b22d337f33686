"""Where one line names two items: "stop Amlor, début Coaprovel", "arrêt Voltarène, remplacé par Celebrex"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.domain.drug import DrugIndex
from pipeline.domain.meaning import Action
from pipeline.extraction.heads import Head
from pipeline.extraction.posology import parse_sig
from pipeline.extraction.tables import fold, lookup, rules

_ARROW = re.compile(r"\s*(?:->|=>|→|⇒)\s*$")
_PLAIN = re.compile(r"(?:\s*[+;,]\s*|\s+[-–]\s+|\s+et\s+|[\s,]+puis\s+|\s+/\s+)$")


_STRENGTH_BEHIND = re.compile(r"\s*\d")
_BARE_STRENGTH = re.compile(r"(?:\s*\d+(?:[.,/]\d+)*\s?(?:mg|g|µg|ui)?)?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a text that holds one item.

    Attributes:
        start, end: in the text.
        action: what the words around it say of it; None = its own words say.
    """

    start: int
    end: int
    action: Action | None = None


def clauses_of(text: str, head: Head, *, index: DrugIndex) -> list[Clause]:
    """Return the parts of a text that hold one item each, in order; one where nothing parts them.

    A second item begins with a name of the formulary, letter by letter, behind words that say so: an action,
    "remplacé par", "relais", an arrow; behind a bare "+" or comma only if the first item is complete.

    Args:
        text: as written.
        head: of the whole text.
        index: the formulary.
    """
    clauses = [Clause(0, len(text))]
    before, action, replaces = head.end, head.action, head.replaces
    for start, end, _ in index.find(text):
        if start < before or end - start < 3:
            continue
        cut = _cut(text[before:start], action=action, replaces=replaces)
        if cut is None and _ends_itself(text[before:start]) and _STRENGTH_BEHIND.match(text, end):
            cut = (start - before, start - before, None, None)  # "Kardegic 75 1 sachet/j Crestor 10 1 cp/j"
        if cut is None:
            continue
        at, said, first, second = cut
        open_clause = clauses.pop()
        clauses.append(Clause(open_clause.start, before + at, first or open_clause.action))
        clauses.append(Clause(before + said, len(text), second))
        before, action, replaces = end, second, False
    return clauses


def _cut(
    between: str, *, action: Action | None, replaces: bool
) -> tuple[int, int, Action | None, Action | None] | None:
    """Return where the first item ends and the second starts, and what is said of either; None = no cut."""
    folded = fold(between)
    by = _by(folded)
    if by is not None and (replaces or by[1] not in ("par", "pour")):
        is_relay = by[1].startswith(("relais", "relaye", "puis relais"))
        return by[0], len(between), None if is_relay else Action.STOP, Action.START
    acts = _acting().search(folded)
    if acts:
        return acts.start(), acts.start("said"), None, None
    if arrow := _ARROW.search(between):
        is_replaced = replaces or not _is_taken(between)
        return (arrow.start(), len(between), Action.STOP, Action.START) if is_replaced else None
    plain = _PLAIN.search(between)
    stopped = action is Action.STOP and plain and _BARE_STRENGTH.fullmatch(between[: plain.start()])
    if plain and stopped and "puis" in fold(plain.group()):
        return plain.start(), len(between), None, Action.START  # "arrêt Seroplex 10 puis Zoloft 50"
    if plain and (stopped or _is_taken(between[: plain.start()])):
        return plain.start(), len(between), None, action if action is Action.STOP else None
    return None


def _ends_itself(text: str) -> bool:
    """Whether a strength and a posology stand there to the last word: what follows is another item."""
    bare = _BARE_STRENGTH.match(text)
    sig = parse_sig(text[bare.end() if bare else 0 :])
    ends = re.search(r"[^\W_]\s+$", text) and not re.search(r"\b(?:ou|ni|avec|sans|a|de|du)\s+$", fold(text))
    whole = sig.coverage == 1.0 and not sig.doubts and bool(ends)
    return whole and any(p.dose is not None and p.frequency is not None for p in sig.posologies)


def _is_taken(text: str) -> bool:
    """Whether a text says how something is taken, so that it ends an item."""
    return any(p.dose is not None or p.frequency is not None for p in parse_sig(text).posologies)


def _by(folded: str) -> tuple[int, str] | None:
    found = _replacing().search(folded)
    return (found.start(), found["by"]) if found else None


@cache
def _replacing() -> re.Pattern[str]:
    words = sorted(map(fold, rules("page")["replaced"]["by"]), key=len, reverse=True)
    lead = r"(?:^|[\s,;.:(-]+)(?:(?:et|puis)\s+)?"
    return re.compile(rf"{lead}(?P<by>{'|'.join(map(re.escape, words))})\s*:?\s*(?:le|la|du|l')?\s*$")


@cache
def _acting() -> re.Pattern[str]:
    words = sorted((word for word in lookup("page", "action") if len(word) > 1), key=len, reverse=True)
    leads = sorted(map(fold, rules("page")["lead"]["word"]), key=len, reverse=True)
    said, lead = "|".join(map(re.escape, words)), "|".join(map(re.escape, leads))
    return re.compile(
        rf"(?:^|[\s,;.:+/-])\s*(?:(?:et|puis|mais)\s+)?(?P<said>(?:{said})\s*:?\s*(?:(?:{lead})\s*)*)$"
    )
