"""The phrase that says where, by which way and beside which meal; see `phrases` for what a phrase is."""

from __future__ import annotations

from decimal import Decimal

from pipeline.domain.meaning import TimeUnit
from pipeline.extraction.state import State
from pipeline.extraction.tables import fold, rules


def place(state: State, at: int) -> int | None:
    """À jeun, pendant les repas; œil droit; per os; dose unique."""
    kind, value, draft = state.kind(at), state.value(at), state.draft
    if kind == "adjust":
        # "augmenter de 5 gouttes tous les 3 jours" is no dose to take: it is told as it stands, and asked.
        state.doubt("ambiguous")
        draft.instructions.append(
            " ".join(state.text[state.terms[at].start :].lower().split()).rstrip(" .,;")
        )
        return len(state.terms)
    if kind == "instruction":
        if value not in draft.instructions:
            draft.instructions.append(value)
        if _three_meals(state, at):
            draft.frequency, draft.period, draft.period_unit = 3, Decimal(1), TimeUnit.DAY
    elif kind == "site":
        _put(state, at)
    elif kind == "route":
        if draft.route not in (None, value):
            state.doubt("ambiguous")  # "IM ou SC"
        draft.route = value
    elif kind == "once":
        draft.count = 1
    else:
        return None
    return at + 1


def _three_meals(state: State, at: int) -> bool:
    """Whether "avant les 3 repas" says alone how often."""
    draft = state.draft
    said = draft.frequency or draft.when or draft.weekdays or draft.as_needed
    return not said and draft.dose_seen and fold(state.written(at)).endswith(("3 repas", "trois repas"))


def _put(state: State, at: int) -> None:
    """Note where it goes; "OD et OG" is both, any other second place is a doubt."""
    draft, value = state.draft, state.value(at)
    before = at - 2 if state.kind(at - 1) in ("and", "symbol") else at - 1
    pair = {draft.site, value}
    if draft.site in (None, value):
        draft.site = value
    elif at and state.kind(before) == "site":
        both = (name for name, sites in rules("posology")["both_sites"].items() if set(sites) == pair)
        draft.site = next(both, value)
    else:
        state.doubt("ambiguous")
