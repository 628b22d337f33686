"""The phrases that say how often: "x3/j", "toutes les 6 h", "1 j/2"; see `phrases` for what a phrase is."""

from __future__ import annotations

from decimal import Decimal

from pipeline.domain.meaning import TimeUnit
from pipeline.extraction.state import State, quantity, span, time_unit, whole


def frequency(state: State, at: int) -> int | None:
    """x3/j, 3x/j, 3 fois par jour, 3/j, 1 à 3 fois par jour, 1 fois/2 jours, en 3 prises."""
    nxt = at
    marked = state.kind(nxt) in ("times", "in")
    nxt += marked
    read = span(state, nxt)
    if read is None:
        return None
    low, high, nxt = read
    if state.kind(nxt) in ("times", "takes"):
        marked, nxt = True, nxt + 1
    elif state.kind(at) == "in":
        return None
    if state.kind(at) == "in" and state.kind(nxt) != "per":
        return _set_frequency(state, low, high, Decimal(1), TimeUnit.DAY, nxt)
    per = state.kind(nxt) == "per"
    nxt += per
    if not per and not (marked and state.kind(nxt) in ("time", "daily", "weekly", "each")):
        return None
    if state.kind(nxt) == "each":
        nxt += 1
    if not per and state.kind(at) == "times" and not _marked_twice(state, at, nxt):
        return None  # "x 7 j" is a duration
    period = Decimal(1)
    if state.kind(nxt) == "number" and state.kind(nxt + 1) == "time":
        period, nxt = Decimal(state.value(nxt)), nxt + 1
    unit = time_unit(state, nxt)
    if unit is None:
        return None
    if (period, unit) == (Decimal(24), TimeUnit.HOUR):
        period, unit = Decimal(1), TimeUnit.DAY
    elif unit is TimeUnit.HOUR and period == 1:
        return None
    return _set_frequency(state, low, high, period, unit, nxt + 1)


def _marked_twice(state: State, at: int, nxt: int) -> bool:
    return any(state.kind(k) == "times" for k in range(at + 1, nxt))


def _set_frequency(
    state: State, low: Decimal | None, high: Decimal | None, period: Decimal, unit: TimeUnit, nxt: int
) -> int:
    draft = state.draft
    if state.fresh and not draft.empty:
        draft = state.open_draft(nxt - 1, after=True)
        state.fresh = False
    count = whole(low)
    if count is None or period <= 0:
        state.doubt("illegible" if low is None else "ambiguous")
        draft.timed = True
        return nxt
    if draft.frequency is not None and draft.frequency != count:
        state.doubt("ambiguous")
        return nxt
    draft.frequency, draft.frequency_max = count, whole(high)
    draft.period, draft.period_unit = period, unit
    return nxt


def every(state: State, at: int) -> int | None:
    """Toutes les 6 h, /8h, tous les 3 jours, tous les jours, 1 j/2, par jour, /j, hebdomadaire."""
    kind = state.kind(at)
    if kind in ("daily", "weekly"):
        unit = TimeUnit.DAY if kind == "daily" else TimeUnit.WEEK
        return (
            at + 1
            if state.draft.frequency
            else _set_frequency(state, Decimal(1), None, Decimal(1), unit, at + 1)
        )
    if kind in ("each", "per"):
        read = span(state, at + 1)
        value, high, nxt = read or (Decimal(1), None, at + 1)
        unit_or_none = time_unit(state, nxt)
        if unit_or_none is None:
            return None
        if kind == "per" and read and unit_or_none is not TimeUnit.HOUR:
            return None
        if high is not None or not value:
            state.doubt("ambiguous" if high is not None else "illegible")
            return nxt + 1
        return _set_frequency(state, Decimal(1), None, value, unit_or_none, nxt + 1)
    if kind == "number" and state.kind(at + 1) == "time" and state.kind(at + 2) in ("over", "per"):
        over = quantity(state, at + 3)
        unit_or_none = time_unit(state, at + 1)
        days = over[0] if over else None
        if over and days and unit_or_none and state.kind(over[1]) != "unit":
            nxt = over[1]
            nxt += state.kind(nxt) == "time"
            if state.value(at) == "1":
                return _set_frequency(state, Decimal(1), None, days, unit_or_none, nxt)
            if days == 7 and unit_or_none is TimeUnit.DAY:
                return _set_frequency(state, Decimal(state.value(at)), None, Decimal(1), TimeUnit.WEEK, nxt)
    return None
