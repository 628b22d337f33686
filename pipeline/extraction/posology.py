"""The posology grammar: French text as a doctor writes it, or as a reader garbles it, to `Posology`.

The text becomes terms (`lexer`, tables under rules/), and phrases (`phrases`) are tried at each term from
left to right; a term that no phrase wants is stepped over and counted as unread. What is not written
stays None. A number is only ever taken over as it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from pipeline.domain.meaning import Posology, TimeUnit
from pipeline.extraction.drafts import finished, merged, route_of_unit, shared
from pipeline.extraction.lexer import Term, terms_of
from pipeline.extraction.phrases import phrases_from
from pipeline.extraction.state import State
from pipeline.extraction.tables import fold, lookup, rules

EYES = frozenset(("œil droit", "œil gauche", "les deux yeux"))
SIG_COVERAGE = 0.6
"""Share of a text's terms that are read, from which it is a posology and no other sentence."""

_IDLE = frozenset(("le", "la", "les", "l", "de", "du", "des", "d", "a", "au", "aux", "en", "dose", "prendre"))
_DANGEROUS = re.compile(
    r"(?<![\w.,])[.,]\d|\d[.,]0+(?![\d])|\d\s?u(?![a-z])|\d\s?(?:mcg|ug|µg)(?![a-z])"
    r"|(?<![\d-])1 0(?= ?(?:cp|gel|mg|ui|gtt))"
)


@dataclass(frozen=True, slots=True)
class Sig:
    """A posology with how well it was understood.

    Attributes:
        posologies: in order.
        doubts: as in `PrescriptionLine`.
        coverage: 0-1, share of the text's words and numbers that the grammar read; 1 for an empty text.
        read: how many terms were read.
    """

    posologies: tuple[Posology, ...]
    doubts: tuple[str, ...]
    coverage: float
    read: int


def parse_posology(text: str) -> tuple[Posology, ...]:
    """Understand a posology ("1 cp matin et soir pdt 7 j puis 1 cp le soir").

    Doses with the same `sequence` are taken together, rising ones after another.

    Returns:
        Empty where nothing was understood.
    """
    return parse_sig(text).posologies


def parse_sig(text: str) -> Sig:
    """Understand a posology and say how far the understanding reaches."""
    terms = terms_of(text)
    state = State(terms, text)
    if re.search(_DANGEROUS, fold(text)):
        state.doubt("dangerous-notation")
    unread = read = at = 0
    while at < len(terms):
        nxt = _read(state, at)
        if nxt is None:
            unread += _carries(terms[at])
            if _alarms(fold(state.written(at))):
                state.doubt("unread")  # however long the rest of the line is
            at += 1
            continue
        read += sum(_carries(term) for term in terms[at:nxt])
        if state.drafts:
            state.drafts[-1].end = max(state.drafts[-1].end, terms[min(nxt, len(terms)) - 1].end)
        at = nxt
    if terms and terms[-1].kind == "then":
        state.doubt("unread")  # "21 jours puis": a step is missing
    posologies = _finish(state, text)
    total = read + unread
    return Sig(posologies, tuple(state.doubts), read / total if total else 1.0, read)


def _alarms(word: str) -> bool:
    """Whether a word that nobody read may turn round all that is written ("=> passer à 10 mg/j")."""
    if word in rules("posology")["alarm"]["word"]:
        return True
    return len(word) > 2 and lookup("page", "action").get(word, "continue") != "continue"


def _read(state: State, at: int) -> int | None:
    """Return where the phrase at a place ends; None = none begins there."""
    for phrase in phrases_from(state.terms[at].kind):
        if (end := phrase(state, at)) is not None:
            return end
    return None


def _carries(term: Term) -> bool:
    """Whether a term that nobody reads is a loss: little words and signs are none."""
    return term.kind not in ("symbol", "arrow") and not (term.kind == "unknown" and term.value in _IDLE)


def _finish(state: State, text: str) -> tuple[Posology, ...]:
    drafts = [draft for draft in state.drafts if not draft.empty or draft.timed]
    for number in {draft.sequence for draft in drafts}:
        shared([draft for draft in drafts if draft.sequence == number])
    for draft in drafts:
        if draft.duration and len(drafts) == 1 and draft.start > 0 and state.drafts[0] is draft:
            draft.start = state.terms[0].start
    for draft in drafts:
        if draft.site in EYES and route_of_unit(draft.dose_unit) == "orale":
            draft.site = None  # "1 cp od": an eye takes no tablet, "once daily" is English
            state.doubt("ambiguous")
    posologies = merged([finished(draft, text) for draft in drafts])
    if any(map(unusual, posologies)):
        state.doubt("implausible")
    return posologies


def unusual(posology: Posology) -> bool:
    """Whether a dose or a frequency is beyond what the table of unusual doses allows."""
    limit = rules("posology")["unusual_dose"].get(posology.dose_unit or "", 0)
    top = posology.dose_high or posology.dose
    if top is not None and (top == 0 or (limit and top > Decimal(str(limit)))):
        return True
    return (posology.frequency or 0) > 8 and (posology.period, posology.period_unit) == (
        Decimal(1),
        TimeUnit.DAY,
    )
