"""The phrases of a posology, one function each: given terms and a place, read one or say no.

A phrase function takes the state and the place and returns the place after what it read, or None. The
parser tries them in the order of `PHRASES`, so the more specific stand first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.domain.meaning import Duration, Moment, TimeUnit
from pipeline.extraction.drafts import Draft
from pipeline.extraction.lexer import Term

SLOTS = (Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME)
DASHES = ("-", "–", "—")


@dataclass(slots=True)
class State:
    """Terms being read and what was made of them so far."""

    terms: list[Term]
    drafts: list[Draft] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    fresh: bool = False
    joined: bool = False

    def kind(self, at: int) -> str:
        """Kind of the term at a place; empty beyond the end."""
        return self.terms[at].kind if at < len(self.terms) else ""

    def value(self, at: int) -> str:
        """Value of the term at a place; empty beyond the end."""
        return self.terms[at].value if at < len(self.terms) else ""

    @property
    def draft(self) -> Draft:
        """The dosage being read."""
        if not self.drafts:
            self.drafts.append(Draft(self.terms[0].start, self.terms[0].start))
        return self.drafts[-1]

    def open_draft(self, at: int, *, after: bool) -> Draft:
        """Start a new dosage: after the one before ("puis") or together with it."""
        before = self.draft
        start = self.terms[at].start
        self.drafts.append(Draft(start, start, sequence=before.sequence + (1 if after else 0)))
        return self.drafts[-1]

    def for_dose(self, at: int) -> Draft:
        """Return the dosage that a dose at this place belongs to."""
        draft = self.draft
        if self.fresh and not draft.empty:
            draft = self.open_draft(at, after=True)
        elif draft.dose_seen:
            after = draft.duration is not None and not self.joined
            if not (after or draft.when or draft.frequency or draft.weekdays or self.joined):
                self.doubt("ambiguous")
            draft = self.open_draft(at, after=after)
        self.fresh = self.joined = False
        return draft

    def doubt(self, name: str) -> None:
        """Note a doubt once."""
        if name not in self.doubts:
            self.doubts.append(name)


Phrase = Callable[[State, int], "int | None"]


def _whole(value: Decimal | None) -> int | None:
    return int(value) if value is not None and value == int(value) and 0 < value < 100 else None


def _quantity(state: State, at: int) -> tuple[Decimal | None, int] | None:
    """Read a number, with a half after it if one stands there: "1 1/2", "un et demi"."""
    if state.kind(at) == "smudge":
        return None, at + 1
    number = state.terms[at].number if at < len(state.terms) else None
    if number is None:
        return None
    nxt = at + 1
    if state.kind(nxt) == "and" and state.value(nxt + 1) in ("0.5", "0.25"):
        return number + Decimal(state.value(nxt + 1)), nxt + 2
    if state.kind(nxt) == "number" and number >= 1 and state.value(nxt) in ("0.5", "0.25", "0.75"):
        return number + Decimal(state.value(nxt)), nxt + 1
    return number, nxt


def _range(state: State, at: int) -> tuple[Decimal | None, Decimal | None, int] | None:
    """Read "2" or "1 à 2" or "1-2"."""
    low = _quantity(state, at)
    if low is None:
        return None
    value, nxt = low
    if state.kind(nxt) == "to" or state.value(nxt) in DASHES:
        high = _quantity(state, nxt + 1)
        # "6-8": only rising numbers are a range; "5-0" is not.
        if high and high[0] is not None and value is not None and high[0] > value:
            return value, high[0], high[1]
    return value, None, nxt


def _time(state: State, at: int) -> TimeUnit | None:
    return TimeUnit(state.value(at)) if state.kind(at) == "time" else None


def slots(state: State, at: int) -> int | None:
    """1-0-1, 1/2-0-0-1, with the unit before or after."""
    numbers: list[Decimal | None] = []
    nxt = at
    while len(numbers) < 4:
        read = _quantity(state, nxt)
        if read is None:
            return None
        numbers.append(read[0])
        nxt = read[1]
        if state.value(nxt) not in DASHES or state.kind(nxt + 1) not in ("number", "smudge"):
            break
        if state.kind(nxt + 2) == "time":
            break  # "1-0-1 - 5 j": the last number is a duration
        nxt += 1
    if len(numbers) < 3:
        return None
    unit = None
    if state.kind(nxt) == "unit":
        unit, nxt = state.value(nxt), nxt + 1
    elif state.kind(at - 1) == "unit" and at:
        unit = state.value(at - 1)
    if None in numbers:
        state.doubt("illegible")
    doses = dict.fromkeys(number for number in numbers if number != 0)
    for dose in doses:
        draft = state.for_dose(at)
        draft.dose, draft.dose_unit, draft.dose_seen, draft.slot = dose, unit, True, True
        draft.when = [slot for slot, number in zip(SLOTS, numbers, strict=False) if number == dose]
        draft.end = state.terms[nxt - 1].end
        state.joined = True
    state.joined = False
    return nxt


def dose(state: State, at: int) -> int | None:
    """1 cp; 1 à 2 gél; 1/2 cp; 1 cp et demi; 10 UI; 1 before a time of day."""
    read = _range(state, at)
    if read is None:
        return None
    low, high, nxt = read
    half = None
    if state.kind(nxt) == "unit":
        unit: str | None = state.value(nxt)
        nxt += 1
        joint = nxt + (state.kind(nxt) == "and")
        if state.value(joint) in ("0.5", "0.25") and state.kind(joint) == "number" and low is not None:
            follows = state.kind(joint + 1)
            if joint > nxt or follows not in ("unit", "symbol"):
                half, nxt = Decimal(state.value(joint)), joint + 1
    elif state.kind(nxt) in ("moment", "needed", "if"):
        unit = None
    else:
        return None
    draft = state.for_dose(at)
    draft.dose_seen, draft.dose_unit = True, unit
    draft.dose, draft.dose_high = (low + half if half and low is not None else low), high
    if low is None:
        state.doubt("illegible")
        draft.dose_high = None
    return nxt


def frequency(state: State, at: int) -> int | None:
    """x3/j, 3x/j, 3 fois par jour, 3/j, 1 à 3 fois par jour, 1 fois/2 jours, en 3 prises."""
    nxt = at
    marked = state.kind(nxt) in ("times", "in")
    nxt += marked
    read = _range(state, nxt)
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
    unit = _time(state, nxt)
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
    count = _whole(low)
    if count is None:
        state.doubt("illegible" if low is None else "ambiguous")
        draft.timed = True
        return nxt
    if draft.frequency is not None and draft.frequency != count:
        state.doubt("ambiguous")
        return nxt
    draft.frequency, draft.frequency_max = count, _whole(high)
    draft.period, draft.period_unit = period, unit
    return nxt


def every(state: State, at: int) -> int | None:
    """Toutes les 6 h, /8h, tous les 3 jours, tous les jours, 1 j/2, par jour, /j, hebdomadaire."""
    kind = state.kind(at)
    if kind in ("daily", "weekly"):
        unit = TimeUnit.DAY if kind == "daily" else TimeUnit.WEEK
        return at + 1 if state.draft.frequency else _set_frequency(state, Decimal(1), None, Decimal(1), unit, at + 1)
    if kind in ("each", "per"):
        read = _range(state, at + 1)
        value, high, nxt = read or (Decimal(1), None, at + 1)
        unit_or_none = _time(state, nxt)
        if unit_or_none is None:
            return None
        if kind == "per" and read and unit_or_none is not TimeUnit.HOUR:
            return None
        if high is not None or value is None:
            state.doubt("ambiguous" if high is not None else "illegible")
            return nxt + 1
        return _set_frequency(state, Decimal(1), None, value, unit_or_none, nxt + 1)
    if kind == "number" and state.kind(at + 1) == "time" and state.kind(at + 2) in ("over", "per"):
        over = _quantity(state, at + 3)
        unit_or_none = _time(state, at + 1)
        if over and over[0] and unit_or_none and state.kind(over[1]) != "unit":
            days, nxt = over
            nxt += state.kind(nxt) == "time"
            if state.value(at) == "1":
                return _set_frequency(state, Decimal(1), None, days, unit_or_none, nxt)
            if days == 7 and unit_or_none is TimeUnit.DAY:
                return _set_frequency(state, Decimal(state.value(at)), None, Decimal(1), TimeUnit.WEEK, nxt)
    return None


def cap(state: State, at: int) -> int | None:
    """Max 3/j, maxi 4 cp par jour, jusqu'à 3x/j, sans dépasser 4 prises."""
    if state.kind(at) != "max":
        return None
    read = _quantity(state, at + 1)
    if read is None:
        return None
    value, nxt = read
    times, unit = False, None
    if state.kind(nxt) in ("times", "takes"):
        times, nxt = True, nxt + 1
    elif state.kind(nxt) == "unit":
        unit, nxt = state.value(nxt), nxt + 1
    if state.kind(nxt) == "per":
        after = nxt + 1
        after += state.value(after) == "24"
        if state.value(after) in ("d", "h"):
            nxt = after + 1
    elif state.kind(nxt) != "daily":
        state.doubt("ambiguous")
        return nxt
    draft = state.draft
    if value is None:
        state.doubt("illegible")
    elif unit and unit != draft.dose_unit:
        draft.instructions.append(f"max {state.value(at + 1).replace('.', ',')} {unit} par jour")
    elif unit:
        draft.cap_amount = value
    elif times or draft.dose is None or draft.dose == 1 and draft.dose_high is None:
        draft.cap = _whole(value)
    else:
        # "2 cp max 6/j": six times or six tablets? The smaller reading is the safe one, and it is asked.
        state.doubt("ambiguous")
        draft.cap_amount = value
    return nxt


def duration(state: State, at: int) -> int | None:
    """Pdt 7 j, x 7j, 5j, QSP 3 mois, 5 à 7 jours, pour 1 mois; "dans 1 semaine" is none."""
    nxt = at
    lead = state.kind(nxt) in ("during", "supply", "times", "over")
    supply = state.kind(nxt) == "supply"
    later = state.kind(nxt) == "later"
    nxt += lead or later
    while lead and state.kind(nxt) in ("during", "supply"):
        nxt += 1
    if state.value(nxt) in (":", "="):
        nxt += 1
    read = _range(state, nxt)
    if read is None:
        return at + 1 if supply else None
    low, high, nxt = read
    unit = _time(state, nxt)
    if unit is None:
        # "QSP 1 boîte", "QSP 30 cp": an amount to hand out, not a time.
        return min(nxt + 1, len(state.terms)) if supply else None
    if later:
        return nxt + 1
    if unit is TimeUnit.HOUR and not lead:
        return None
    if low is None:
        state.doubt("illegible")
        return nxt + 1
    if low <= 0:
        return None
    draft = state.draft
    if draft.duration is not None and not supply:
        state.doubt("ambiguous")
        return nxt + 1
    draft.duration = draft.duration or Duration(low, unit, high)
    return nxt + 1


def moment(state: State, at: int) -> int | None:
    """Le matin, matin et soir, au coucher; "le soir au coucher" is one time."""
    if state.kind(at) != "moment":
        return None
    draft = state.draft
    slot = Moment(state.value(at))
    if state.fresh and not draft.empty:
        draft = state.open_draft(at, after=True)
        state.fresh = False
    if slot is Moment.BEDTIME and draft.when[-1:] == [Moment.EVENING] and state.kind(at - 1) == "moment":
        if not draft.slot and state.terms[at].start != state.terms[at - 1].start:
            draft.when[-1] = slot
        else:
            draft.when.append(slot)
    elif slot not in draft.when:
        draft.when.append(slot)
    return at + 1


def weekday(state: State, at: int) -> int | None:
    """Le mardi, lundi et jeudi."""
    if state.kind(at) != "weekday":
        return None
    day = int(state.value(at))
    if day not in state.draft.weekdays:
        state.draft.weekdays.append(day)
    return at + 1


def needed(state: State, at: int) -> int | None:
    """Si besoin, SB, si douleur, si besoin (fièvre), en cas de toux."""
    kind = state.kind(at)
    if kind not in ("needed", "if"):
        return None
    nxt = at + 1
    bracket = state.value(nxt) == "("
    probe = nxt + bracket
    probe += state.kind(probe) == "if"
    if kind == "if" and state.kind(probe) not in ("reason", "unknown"):
        return None
    draft = state.draft
    draft.as_needed = True
    if state.kind(probe) == "reason":
        draft.as_needed_for = state.value(probe)
        nxt = probe + 1
        if state.value(nxt) in (">", "<"):
            nxt += 2 if state.kind(nxt + 1) == "number" else 1
    elif state.kind(probe) == "unknown" and (kind == "if" or bracket):
        draft.as_needed_for = state.value(probe)
        nxt = probe + 1
    if state.value(nxt) == ")":
        nxt += 1
    return nxt


def place(state: State, at: int) -> int | None:
    """À jeun, pendant les repas; œil droit; per os; dose unique."""
    kind, value, draft = state.kind(at), state.value(at), state.draft
    if kind == "instruction":
        if value not in draft.instructions:
            draft.instructions.append(value)
    elif kind == "site":
        draft.site = value
    elif kind == "route":
        draft.route = value
    elif kind == "once":
        draft.count = 1
    else:
        return None
    return at + 1


def joint(state: State, at: int) -> int | None:
    """Puis starts the next phase; + ; joins doses taken together; et, le, commas carry nothing."""
    kind, value = state.kind(at), state.value(at)
    if kind == "then":
        state.fresh = True
    elif value in ("+", ";"):
        state.joined = True
    elif kind not in ("and", "to", "symbol", "arrow", "same"):
        return None
    return at + 1


PHRASES: tuple[Phrase, ...] = (
    slots, cap, every, frequency, needed, duration, dose, moment, weekday, place, joint,
)  # fmt: skip
