"""The phrases of a posology, one function each: given terms and a place, read one or say no.

A phrase function takes the state and the place and returns the place after what it read, or None. The
parser tries them in the order of `STARTS`, so the more specific stand first.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cache

from pipeline.domain.meaning import Duration, Moment, TimeUnit
from pipeline.extraction.days import certain_evenings, clock, days_of_cycle, names_day, weekday
from pipeline.extraction.limits import cap
from pipeline.extraction.needs import needed
from pipeline.extraction.places import place
from pipeline.extraction.rhythm import every, frequency
from pipeline.extraction.state import DASHES, State, quantity, span, time_unit
from pipeline.extraction.tables import rules

MOST_WITHOUT_UNIT = 4
"""The largest dose that is taken without a unit before "après le repas", "sous la langue"."""
SLOTS = (Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME)
Phrase = Callable[[State, int], "int | None"]


def slots(state: State, at: int) -> int | None:
    """1-0-1, 1/2-0-0-1, with the unit before or after; insulin also 6/8/6 UI, 6+8+6 UI."""
    numbers: list[Decimal | None] = []
    nxt = at
    signs = ("+", "/") if state.value(at + 1) in ("+", "/") else DASHES
    while len(numbers) < 4:
        read = quantity(state, nxt)
        if read is None:
            return None
        numbers.append(read[0])
        nxt = read[1]
        if state.value(nxt) == "UI" and state.written(nxt + 1) in DASHES:
            nxt += 1  # "4 UI - 6 UI - 4 UI"
        if state.written(nxt) not in signs or state.kind(nxt + 1) not in ("number", "smudge"):
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
    if signs is not DASHES and unit != "UI":
        return None  # only insulin is written "6/8/6"
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
    """1 cp; 1 à 2 gél; 1/2 cp; 1 cp et demi; 10 UI; 1 before a time of day; 1 x 3/j."""
    read = span(state, at)
    if read is None:
        return _by_weight_alone(state, at)
    low, high, nxt = read
    half = None
    if low is not None and low < 1 and state.kind(nxt + 1) == "unit" and state.value(nxt) in ("-", "de"):
        nxt += 1  # "un demi-comprimé", "un quart de comprimé"
    if state.kind(nxt) == "unit":
        unit: str | None = state.value(nxt)
        nxt += 1
        joint = nxt + (state.kind(nxt) == "and")
        if state.value(joint) in ("0.5", "0.25") and state.kind(joint) == "number" and low is not None:
            follows = state.kind(joint + 1)
            if joint > nxt or follows not in ("unit", "symbol"):
                half, nxt = Decimal(state.value(joint)), joint + 1
    elif state.kind(at - 1) == "times" and at:
        return None  # "x3 si douleur": how often
    elif state.kind(nxt) in ("moment", "needed", "if", "each") or _times_a_day(state, nxt):
        unit = None
    elif state.kind(nxt) == "per" and state.kind(nxt + 1) == "moment":
        unit, nxt = None, nxt + 1
    elif _stands_alone(state, at, nxt):
        unit = None  # "1/4 cp 8 j puis 1/2", "1 après le repas"
    else:
        return None
    if unit in rules("posology")["event"]["unit"] and _by_weight_before(state):
        return nxt  # "175 UI/kg 1 inj/j": the injection holds what is taken
    amount = low + half if half and low is not None else low
    if _holds(state, unit):
        state.doubt("ambiguous")  # "puis 14 mg 1 patch/j": the first is what the second holds
        if unit in rules("posology")["holding"]["unit"] and _is_later(state):
            return _held(state, amount, high, unit, nxt)
    draft = state.for_dose(at)
    draft.dose_seen, draft.dose_unit = True, unit
    draft.dose, draft.dose_high = amount, high
    if low is None:
        state.doubt("illegible")
        draft.dose_high = None
    return nxt


def _stands_alone(state: State, at: int, nxt: int) -> bool:
    """Whether a number without a unit is how many are taken: "puis 1/2", "1 après le repas"."""
    is_step = state.fresh and state.kind(at - 1) == "then" and state.kind(nxt) in ("", "during", "then")
    number = state.terms[at].number
    is_few = number is not None and number <= MOST_WITHOUT_UNIT
    free = state.kind(at - 1) not in ("times", "per", "over", "to") and not state.draft.dose_seen
    is_part = free and number is not None and number < 1 and _is_fraction(state.written(at))
    if is_part and (state.kind(nxt) in ("", "during") or state.kind(nxt + 1) == "time"):
        return True  # "1/2 8 j puis 1"
    return is_step or (
        is_few and (free or state.fresh) and state.kind(nxt) in ("instruction", "route", "site")
    )


def _is_fraction(written: str) -> bool:
    return "/" in written or written in ("½", "¼", "¾", "demi", "un demi")


def _by_weight_alone(state: State, at: int) -> int | None:
    """Read "dose/12 kg" without a number: the unit stands, how many does not."""
    if state.kind(at) != "unit" or state.value(at) != "dose-poids":
        return None
    draft = state.for_dose(at)
    draft.dose_seen, draft.dose_unit = True, state.value(at)
    return at + 1


def _holds(state: State, unit: str | None) -> bool:
    """Whether a mass stands before a count: it may be a strength."""
    weighed = rules("posology")["weighed"]["unit"]
    if state.fresh or state.joined or not state.drafts or unit is None or unit in weighed:
        return False
    return state.draft.dose_unit in weighed and state.draft.duration is None


def _held(state: State, low: Decimal | None, high: Decimal | None, unit: str | None, nxt: int) -> int:
    """Take "puis 20 mg 1 cp/j" as 20 mg, "puis 20 mg 2 cp/j" as two tablets, of 20 mg."""
    draft = state.draft
    if low is None:
        state.doubt("illegible")
    if low != 1 or high is not None:
        mass = "" if draft.dose is None else f"{draft.dose:f}".replace(".", ",")
        draft.instructions.append(f"de {mass} {draft.dose_unit}")
        draft.dose, draft.dose_high, draft.dose_unit = low, high, unit
    return nxt


def _is_later(state: State) -> bool:
    """Whether a later phase is read, with nothing but its mass so far."""
    draft = state.draft
    return draft.sequence > 1 and not (draft.frequency or draft.when or draft.dose_high)


def _by_weight_before(state: State) -> bool:
    if state.fresh or state.joined or not state.drafts:
        return False
    draft = state.draft
    return "/kg" in (draft.dose_unit or "") and not (draft.frequency or draft.when or draft.weekdays)


def _times_a_day(state: State, at: int) -> bool:
    """Whether "x 3/j" follows: "1 x 3/j" is one, three times a day; so is "1 x 3 si fièvre"."""
    read = quantity(state, at + 1) if state.kind(at) == "times" else None
    return read is not None and state.kind(read[1]) in ("per", "needed", "if", "instruction")


def duration(state: State, at: int) -> int | None:
    """Pdt 7 j, x 7j, 5j, QSP 3 mois, 5 à 7 jours, pour 1 mois; "dans 1 semaine" is none."""
    nxt = at
    lead = state.kind(nxt) in ("during", "supply", "times", "over")
    lead = lead or (state.kind(nxt) == "per" and state.draft.frequency is not None)
    supply = state.kind(nxt) == "supply"
    later = state.kind(nxt) == "later"
    nxt += lead or later
    while lead and state.kind(nxt) in ("during", "supply"):
        nxt += 1
    if state.value(nxt) in (":", "="):
        nxt += 1
    read = span(state, nxt)
    if read is None:
        return at + 1 if supply else None
    low, high, nxt = read
    unit = time_unit(state, nxt)
    if unit is not None and state.kind(nxt + 1) == "max" and quantity(state, nxt + 2) is None:
        nxt += 1  # "2 semaines max"
    if unit is TimeUnit.DAY and not lead and _names_day(state, nxt):
        return None  # "Zithromax 250 J1 2 cp": no 250 days
    if unit is None:
        # "QSP 1 boîte", "QSP 30 cp": an amount to hand out, not a time.
        return min(nxt + 1, len(state.terms)) if supply else None
    if later:
        state.doubt("unread")  # "dans 8 jours" says when to begin: there is no place for it
        return nxt + 1
    if unit in (TimeUnit.HOUR, TimeUnit.MINUTE) and not lead:
        return None
    if lead and state.kind(at) == "over" and unit in (TimeUnit.HOUR, TimeUnit.MINUTE) and low is not None:
        state.draft.instructions.append(f"sur {state.text[state.terms[at + 1].start : state.terms[nxt].end]}")
        return nxt + 1  # "IV sur 1 h": how long one infusion runs
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


def _names_day(state: State, at: int) -> bool:
    """Whether the "j" at a place belongs to the number behind it ("J1"), not to the one before."""
    apart = at > 0 and state.terms[at - 1].end < state.terms[at].start
    return apart and names_day(state, at)


def moment(state: State, at: int) -> int | None:
    """Le matin, matin et soir, au coucher; "le soir au coucher" is one time."""
    if state.kind(at) != "moment":
        return None
    draft = state.next_draft(at)
    slot = Moment(state.value(at))
    if slot is Moment.BEDTIME and draft.when[-1:] == [Moment.EVENING] and state.kind(at - 1) == "moment":
        if not draft.slot and state.terms[at].start != state.terms[at - 1].start:
            draft.when[-1] = slot
        else:
            draft.when.append(slot)
    elif slot not in draft.when:
        draft.when.append(slot)
    if state.kind(at - 1) == "and" and state.kind(at - 2) == "instruction" and at > 1:
        state.doubt("ambiguous")  # "après chaque repas et au coucher" is four times, not one
    return at + 1


def joint(state: State, at: int) -> int | None:
    """Puis starts the next phase; + ; joins doses taken together; et, le, commas carry nothing."""
    kind, value = state.kind(at), state.value(at)
    if kind == "then":
        state.fresh = True
    elif value in ("+", ";"):
        state.joined = True
    elif kind == "unit" and _before_number(state, at + 1):
        pass  # "gttes 5 gttes", "gttes 3-3-5", "comprimé sécable : 1 le matin": the form
    elif kind == "each" and state.kind(at + 1) == "moment":
        pass  # "tous les matins"
    elif kind == "unclear":
        state.doubt("ambiguous")
    elif kind not in ("and", "to", "symbol", "arrow", "same", "filler"):
        return None
    return at + 1


def _before_number(state: State, at: int) -> bool:
    while state.kind(at) == "filler":
        at += 1
    at += state.value(at) in (":", ",", "-")
    return state.kind(at) in ("number", "smudge")


STARTS: tuple[tuple[Phrase, str], ...] = (
    (slots, "number smudge"),
    (cap, "max number smudge"),
    (certain_evenings, "number"),
    (days_of_cycle, "number time unknown"),
    (every, "each per number"),
    (frequency, "rate times in number smudge"),
    (needed, "needed if"),
    (duration, "during supply times over per later number smudge symbol"),
    (dose, "number smudge unit"),
    (moment, "moment"),
    (weekday, "weekday except"),
    (clock, "to"),
    (place, "adjust instruction site route once"),
    (joint, "then symbol unit each unclear and to arrow same filler"),
)
"""The phrases in the order in which they are tried, with the kinds of term that each begins with."""


@cache
def phrases_from(kind: str) -> tuple[Phrase, ...]:
    """Return the phrases that begin with a kind of term, in the order in which they are tried."""
    return tuple(phrase for phrase, kinds in STARTS if kind in kinds.split())
