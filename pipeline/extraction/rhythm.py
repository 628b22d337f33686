"""The phrases that say how often: "x3/j", "toutes les 6 h", "1 j/2"; see `phrases` for what a phrase is."""

from __future__ import annotations

from decimal import Decimal

from pipeline.domain.meaning import TimeUnit
from pipeline.extraction.state import State, quantity, span, time_unit, whole
from pipeline.extraction.tables import rules

MOST_TIMES = 6
"""Times that a bare "x3" may mean a day."""


def frequency(state: State, at: int) -> int | None:
    """x3/j, 3x/j, 3 fois par jour, 3/j, 1 à 3 fois par jour, 1 fois/2 jours, en 3 prises."""
    nxt = at
    if state.kind(at) == "rate":
        return _named_rate(state, at)
    marked = state.kind(nxt) in ("times", "in")
    nxt += marked
    read = span(state, nxt)
    if read is None:
        return None
    low, high, nxt = read
    if _next_step(state, at):
        state.fresh = True
    if _times_alone(state, at, low, nxt):
        state.doubt("ambiguous")  # "2 cp x3": a day, as everybody writes it, but the paper does not say so
        return set_frequency(state, low, high, Decimal(1), TimeUnit.DAY, nxt)
    if state.kind(nxt) in ("times", "takes"):
        marked, nxt = True, nxt + 1
    elif state.kind(at) == "in":
        return None
    if marked and _dose_a_day(state, nxt):
        return set_frequency(state, low, high, Decimal(1), TimeUnit.DAY, nxt)
    if state.kind(at) == "in" and state.kind(nxt) != "per":
        if _shared_out(state, low, high):
            return nxt
        if low == 1 and high is None and state.next_draft(at).frequency is None:
            state.draft.one_take = True
            return nxt
        return set_frequency(state, low, high, Decimal(1), TimeUnit.DAY, nxt)
    per = state.kind(nxt) == "per"
    nxt += per
    if not per and not (marked and state.kind(nxt) in ("time", "each")):
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
    return set_frequency(state, low, high, period, unit, nxt + 1)


def _next_step(state: State, at: int) -> bool:
    """Whether a rate begins the next step: "6x/j 1 sem, 4x/j 1 sem, 2x/j 1 sem"."""
    parted = at and (state.value(at - 1) in (",", ";") or state.kind(at - 1) == "arrow")
    draft = state.draft
    return bool(parted and draft.duration and draft.frequency and _is_rate(state, at))


def _is_rate(state: State, at: int) -> bool:
    read = span(state, at + (state.kind(at) == "times"))
    nxt = read[2] if read else at
    nxt += state.kind(nxt) in ("times", "takes")
    return read is not None and state.kind(nxt) == "per" and time_unit(state, nxt + 1) is not None


def _times_alone(state: State, at: int, low: Decimal | None, nxt: int) -> bool:
    """Whether "x3" stands behind a dose and before what is no unit of it ("x3 6 j", "x3 avant les repas").

    At the end of a text "x3" stays open: the ink may go on with "j" or "boîtes".
    """
    draft = state.draft
    if state.kind(at) != "times" or state.fresh or low is None or whole(low) is None or low > MOST_TIMES:
        return False
    if draft.frequency or draft.when or draft.weekdays or draft.as_needed:
        return False
    if not draft.dose_seen and at:
        return False
    if state.kind(nxt) == "number" and state.kind(nxt + 1) == "time":
        return True  # "x3 6 j"
    return state.kind(nxt) in ("during", "supply", "instruction", "needed", "if", "then") or (
        state.value(nxt) in (",", ";") and state.kind(nxt + 1) not in ("number", "smudge")
    )


def _shared_out(state: State, low: Decimal | None, high: Decimal | None) -> bool:
    """Take "2 cp/j en 2 prises": what is written for the day is shared out, where it comes out even."""
    draft = state.draft
    takes = whole(low)
    if not draft.every_day or draft.dose is None or draft.dose_high or high or not takes or takes == 1:
        return False
    if (draft.dose_unit or "").endswith("/j"):
        return False
    each = draft.dose / takes
    if each % Decimal("0.25"):
        return False
    draft.dose, draft.frequency = each, takes
    return True


def _named_rate(state: State, at: int) -> int:
    """Take a word that is a rate from the table: "par trimestre"; "quotidien" beside x3 adds nothing."""
    times, period, unit = state.value(at).split(" ")
    if state.draft.frequency and state.value(at) == "1 1 d":
        return at + 1
    return set_frequency(state, Decimal(times), None, Decimal(period), TimeUnit(unit), at + 1)


def _dose_a_day(state: State, at: int) -> bool:
    """Whether "1 cp/j" follows: in "3 x 1 cp/j" the first number is the times."""
    read = quantity(state, at)
    if read is None or state.kind(read[1]) != "unit":
        return False
    day = read[1] + 1
    return state.kind(day) == "per" and state.kind(day + 1) == "time" and state.value(day + 1) == "d"


def _marked_twice(state: State, at: int, nxt: int) -> bool:
    return any(state.kind(k) == "times" for k in range(at + 1, nxt))


def set_frequency(
    state: State, low: Decimal | None, high: Decimal | None, period: Decimal, unit: TimeUnit, nxt: int
) -> int:
    """Note a rate and return `nxt`; a second one that differs is a doubt."""
    draft = state.next_draft(nxt - 1)
    count = whole(low)
    if count is None or period <= 0:
        state.doubt("illegible" if low is None else "ambiguous")
        draft.timed = True
        return nxt
    is_some_days = unit is TimeUnit.DAY and period > 1 and draft.every_day
    if draft.frequency is not None and draft.frequency != count and not is_some_days:
        state.doubt("ambiguous")
        return nxt
    if (
        draft.frequency is not None
        and not is_some_days
        and (period, unit) != (draft.period, draft.period_unit)
    ):
        state.doubt("ambiguous")  # "1/j 1 fois par semaine"
        return nxt
    draft.frequency, draft.frequency_max = count, whole(high)
    draft.period, draft.period_unit = period, unit
    return nxt


def every(state: State, at: int) -> int | None:
    """Toutes les 6 h, /8h, tous les 3 jours, tous les jours, 1 j/2, par jour, /j, hebdomadaire."""
    kind = state.kind(at)
    if kind in ("each", "per"):
        read = span(state, at + 1)
        value, high, nxt = read or (Decimal(1), None, at + 1)
        unit_or_none = time_unit(state, nxt)
        if unit_or_none is None:
            return None
        draft = state.draft
        timed = draft.frequency is not None or draft.when or not draft.dose_seen
        if kind == "per" and read and unit_or_none is not TimeUnit.HOUR and timed:
            return None  # "x2/j / 5 j" is a duration, "1 amp/3 mois" is none
        if kind == "per" and not read and unit_or_none is TimeUnit.DAY:
            if draft.frequency and (draft.period, draft.period_unit) == (Decimal(1), TimeUnit.DAY):
                return nxt + 1  # "3 x 1 cp/j": said already
            if (events := _events(state, at)) is not None:
                return set_frequency(state, *events, Decimal(1), TimeUnit.DAY, nxt + 1)
        if not value:
            state.doubt("illegible")
            return nxt + 1
        end = set_frequency(state, Decimal(1), None, value, unit_or_none, nxt + 1)
        if high is not None and (draft := state.draft).period == value:
            draft.period_max = high
        return end
    if kind == "number" and state.kind(at + 1) == "time" and state.kind(at + 2) in ("over", "per"):
        over = quantity(state, at + 3)
        unit_or_none = time_unit(state, at + 1)
        days = over[0] if over else None
        if over and days and unit_or_none and state.kind(over[1]) != "unit":
            nxt = over[1]
            nxt += state.kind(nxt) == "time"
            if state.value(at) == "1":
                return set_frequency(state, Decimal(1), None, days, unit_or_none, nxt)
            if days == 7 and unit_or_none is TimeUnit.DAY:
                return _days_a_week(state, Decimal(state.value(at)), nxt)
    return None


def _days_a_week(state: State, days: Decimal, nxt: int) -> int:
    """Take "5 j/7"; beside "1 cp/j" or one time of day it is five times a week."""
    draft = state.draft
    if draft.every_day:
        draft.frequency = None
    return set_frequency(state, days, None, Decimal(1), TimeUnit.WEEK, nxt)


def _events(state: State, at: int) -> tuple[Decimal, Decimal | None] | None:
    """Return how often "2 applications/j" is: what is done, not taken, is counted a day; None = is taken."""
    draft = state.draft
    is_event = state.kind(at - 1) == "unit" and state.value(at - 1) in rules("posology")["event"]["unit"]
    if (
        not is_event
        or draft.dose is None
        or whole(draft.dose) is None
        or draft.dose_unit != state.value(at - 1)
    ):
        return None
    rate = draft.dose, draft.dose_high
    draft.dose, draft.dose_high = Decimal(1), None
    return rate
