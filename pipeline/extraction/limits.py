"""The phrase that says the most a day: "max 4 cp/j", "jusqu'à 3x/j"; see `phrases` for what a phrase is."""

from __future__ import annotations

from decimal import Decimal

from pipeline.domain.meaning import Duration, TimeUnit
from pipeline.extraction.drafts import Draft
from pipeline.extraction.state import State, quantity, time_unit, whole


def cap(state: State, at: int) -> int | None:
    """Max 3/j, maxi 4 g par jour, jusqu'à 3x/j, sans dépasser 4 prises, 4 cp/j max; never a frequency."""
    leads = state.kind(at) == "max"
    start = at + leads
    start += leads and state.value(start) in (":", "=")
    start += leads and state.kind(start) == "times"
    read = quantity(state, start)
    if read is None:
        return None
    value, nxt = read
    if leads and state.kind(nxt) == "time" and state.value(nxt) != "h":
        return _longest(state, value, nxt)
    times, unit = False, None
    if state.kind(nxt) in ("times", "takes"):
        times, nxt = True, nxt + 1
    elif state.kind(nxt) == "unit":
        unit, nxt = state.value(nxt), nxt + 1
    if not leads and state.kind(nxt) == "max" and (after := _a_day(state, nxt + 1)) is not None:
        _set_cap(state, value, unit, times=times)
        return after  # "2 max/jour", "3 cp max par jour"
    end = _a_day(state, nxt)
    if end is None and unit and unit.endswith("/kg/j"):
        end = nxt  # "max 60 mg/kg/j" has its day in the unit
        unit = unit if unit == state.draft.dose_unit else unit.removesuffix("/j")
    if not leads:
        if end is None or state.kind(end) != "max" or quantity(state, end + 1) is not None:
            return None
        end += 1
    elif end is None and not (times or unit) and state.kind(nxt) == "unknown":
        state.doubt("unread")  # "jusqu'à 12 SA" is no limit
        return None
    elif end is None:
        state.doubt("ambiguous")  # "max 4": a day, most likely
        end = nxt
    _set_cap(state, value, unit, times=times)
    return end


def _longest(state: State, value: Decimal | None, at: int) -> int:
    """Take "max 7 j": the longest that it may last."""
    unit = time_unit(state, at)
    if value and unit and state.draft.duration is None:
        state.draft.duration = Duration(value, unit)
    return at + 1


def _a_day(state: State, at: int) -> int | None:
    """Return where "par jour", "/24 h" ends; None = it does not stand there."""
    if state.kind(at) == "rate" and state.value(at) == "1 1 d":
        return at + 1
    if state.kind(at) != "per":
        return None
    nxt = at + 1
    if state.value(nxt) == "24" and state.value(nxt + 1) == "h":
        return nxt + 2
    return nxt + 1 if state.value(nxt) == "d" and state.kind(nxt) == "time" else None


def _set_cap(state: State, value: Decimal | None, unit: str | None, *, times: bool) -> None:
    draft = state.draft
    if not value:
        state.doubt("illegible")
    elif unit and unit != draft.dose_unit:
        draft.cap_amount, draft.cap_unit = value, unit
    elif times and draft.dose is not None:
        draft.cap = whole(value)
    elif (
        unit
        or draft.dose is None
        or (draft.dose == 1 and draft.dose_high is None)
        or _is_amount(draft, value)
    ):
        draft.cap_amount = value
    else:
        # "2 cp max 6/j": six times or six tablets? The smaller reading is the safe one, and it is asked.
        state.doubt("ambiguous")
        draft.cap_amount = value


def _is_amount(draft: Draft, most: Decimal) -> bool:
    """Whether "1 à 2 cp x 3/j max 6/j" can only count tablets: it is not so often that it is taken."""
    top, times = draft.dose_high or draft.dose, draft.frequency_max or draft.frequency
    a_day = (draft.period, draft.period_unit) == (Decimal(1), TimeUnit.DAY)
    return bool(a_day and top and times and times < most <= top * times)
