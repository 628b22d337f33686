"""The phrases that name days and hours: "un soir sur deux", "J1 à J5", "à 8h et 20h"; see `phrases`."""

from __future__ import annotations

from decimal import Decimal

from pipeline.domain.meaning import Duration, Moment, TimeUnit
from pipeline.extraction.rhythm import set_frequency
from pipeline.extraction.state import DASHES, State, quantity, whole

ONE = Decimal(1)


def weekday(state: State, at: int) -> int | None:
    """Le mardi, lundi et jeudi; "sauf le dimanche" is the six others."""
    is_without = state.kind(at) == "except"
    nxt = at + is_without
    nxt += is_without and state.value(nxt) == "le"
    if state.kind(nxt) != "weekday":
        return None
    draft = state.next_draft(at)
    day = int(state.value(nxt))
    if is_without:
        draft.weekdays = [other for other in range(7) if other != day]
        return nxt + 1
    last = nxt + 2
    days = [day]
    if (state.kind(nxt + 1) == "to" or state.value(nxt + 1) == "au") and state.kind(last) == "weekday":
        end = int(state.value(last))
        days = [(day + more) % 7 for more in range((end - day) % 7 + 1)]  # "du lundi au vendredi"
        nxt = last
    draft.weekdays += [one for one in days if one not in draft.weekdays]
    return nxt + 1


def certain_evenings(state: State, at: int) -> int | None:
    """Un soir sur deux, 1 matin/2."""
    if state.value(at) != "1" or state.kind(at + 1) != "moment" or state.kind(at + 2) not in ("over", "per"):
        return None
    days = quantity(state, at + 3)
    if days is None or not days[0] or state.kind(days[1]) == "unit":
        return None
    slot, draft = Moment(state.value(at + 1)), state.next_draft(at)
    if slot not in draft.when:  # "le soir 1 soir sur 2"
        draft.when.append(slot)
    return set_frequency(state, ONE, None, days[0], TimeUnit.DAY, days[1])


def days_of_cycle(state: State, at: int) -> int | None:
    """J1 à J5, de J1 à J8 last five and eight days, "J1 puis" one; "10 j/mois" is told as it stands."""
    told = _days_of_month(state, at) or _dates_of_cycle(state, at) or _first_day(state, at)
    if told is not None:
        return told
    first = _day(state, at)
    if first is None:
        return None
    nxt = at + 2
    if (led := _led(state, at, first)) is not None:
        return led
    joins = state.kind(nxt) == "to" or state.value(nxt) in (*DASHES, "au")
    last = _day(state, nxt + 1) if joins else None
    end = nxt + 3
    if joins and last is None and state.kind(nxt + 1) == "number" and state.value(nxt) in DASHES:
        last, end = whole(state.terms[nxt + 1].number), nxt + 2
    if last is None or last <= first:
        is_apart = state.kind(nxt) in ("then", "") or state.value(nxt) in (",", ";", "/", ":", ")")
        if not is_apart or (first > 1 and len(state.drafts) < 2):
            return None
        last, end = first, nxt
    if first > 1 and last > first and len(state.drafts) < 2 and not state.fresh:
        state.draft.instructions.append(f"de J{first} à J{last}")  # of a cycle: when it begins counts
    elif state.draft.duration is None:
        state.draft.duration = Duration(Decimal(last - first + 1), TimeUnit.DAY)
    return end


def _led(state: State, at: int, first: int) -> int | None:
    """Read "J1 1 cp x 3, J2 1 cp x 2", "J1 2 cp, J2 à J5 : 1 cp": the days before what is taken on them."""
    is_apart = (
        not at or state.kind(at - 1) in ("then", "arrow") or state.value(at - 1) in (",", ";", ":", "-")
    )
    if not is_apart or not (state.draft.empty or state.draft.duration is not None):
        return None
    last, nxt = first, at + 2
    if state.kind(nxt) == "to" or state.value(nxt) in (*DASHES, "au"):
        last, nxt = _day(state, nxt + 1) or 0, nxt + 3
    nxt += state.value(nxt) == ":"
    if last < first or state.kind(nxt) not in ("number", "smudge") or state.kind(nxt + 1) != "unit":
        return None
    draft = state.draft if state.draft.empty else state.open_draft(at, after=True)
    draft.duration, state.fresh = Duration(Decimal(last - first + 1), TimeUnit.DAY), False
    return nxt


def names_day(state: State, at: int) -> bool:
    """Whether "J8" stands at a place, written in one."""
    return _day(state, at) is not None


def _dates_of_cycle(state: State, at: int) -> int | None:
    """Read "du 1er au 25 du mois", "du 16e au 25e jour du cycle": told as they stand."""
    if state.value(at) not in ("du", "de"):
        return None
    first, nxt = _ordinal(state, at + 1)
    if first is None or (state.value(nxt) != "au" and state.kind(nxt) != "to"):
        return None
    last, nxt = _ordinal(state, nxt + 1)
    nxt += state.value(nxt) == "d"
    of = nxt + (state.value(nxt) in ("du", "de"))
    of += state.kind(of) == "each"
    whose = {"mo": "mois", "1 1 mo": "mois", "cycle": "cycle"}.get(
        state.value(of)
    )  # "de chaque mois" is a rate
    if last is None or whose is None or last <= first:
        return None
    state.draft.instructions.append(f"du {first} au {last} du {whose}")
    return of + 1


def _ordinal(state: State, at: int) -> tuple[int | None, int]:
    """Return the number of "1er", "16e", "25" and where it ends; None = it is none."""
    day = whole(state.terms[at].number) if state.kind(at) == "number" else None
    return day, at + 1 + (state.value(at + 1) in ("er", "e", "eme"))


def _days_of_month(state: State, at: int) -> int | None:
    """Read "10 j/mois", "21 j/28", "3 semaines sur 4": told as they stand."""
    days = whole(state.terms[at].number) if state.kind(at) == "number" else None
    if days is None or state.kind(at + 2) not in ("per", "over"):
        return None
    if state.value(at + 1) == "wk":
        return _weeks_of(state, days, at)
    if state.value(at + 1) != "d":
        return None
    if state.value(at + 3) == "mo" and state.kind(at + 3) == "time":
        state.draft.instructions.append(f"{days} jours par mois")
        return at + 4
    of = whole(state.terms[at + 3].number) if state.kind(at + 3) == "number" else None
    if of is None or of == 7 or days == 1 or of <= days:
        return None
    state.draft.instructions.append(f"{days} jours sur {of}")
    return at + 4 + (state.value(at + 4) == "d")


def _weeks_of(state: State, weeks: int, at: int) -> int | None:
    """Read "3 semaines sur 4", and "1 semaine sur 2" of what is taken every day."""
    of = whole(state.terms[at + 3].number) if state.kind(at + 3) == "number" else None
    if of is None or of <= weeks or (weeks == 1 and not (state.draft.frequency or state.draft.when)):
        return None
    state.draft.instructions.append(f"{weeks} semaine{'s' * (weeks > 1)} sur {of}")
    return at + 4 + (state.value(at + 4) == "wk")


def _first_day(state: State, at: int) -> int | None:
    """Read "le 1er jour": what stands before it is taken for one day."""
    words = [state.value(k) for k in range(at, at + 3)]
    end = at + 3 if words == ["1", "er", "d"] else at + 2 if words[:2] == ["premier", "d"] else None
    if end is not None and state.draft.duration is None:
        state.draft.duration = Duration(ONE, TimeUnit.DAY)
    return end


def _day(state: State, at: int) -> int | None:
    """Return the number of "J8", written in one; None = it is none."""
    if state.written(at) != "j" or state.kind(at + 1) != "number":
        return None
    is_one = state.terms[at].end == state.terms[at + 1].start
    return whole(state.terms[at + 1].number) if is_one else None


def clock(state: State, at: int) -> int | None:
    """À 8 h, à 8h et 20h; a bare "8 h" says nothing."""
    if state.kind(at) != "to":
        return None
    nxt = at
    hours: list[str] = []
    while state.kind(nxt) in ("to", "and") or (hours and state.value(nxt) in (",", *DASHES)):
        probe = nxt + 1 + (state.kind(nxt + 1) == "to")
        hour = whole(state.terms[probe].number) if state.kind(probe) == "number" else None
        if hour is None or hour > 24 or state.value(probe + 1) != "h":
            break
        hours.append(f"à {hour} h")
        nxt = probe + 2
    state.draft.instructions += [hour for hour in hours if hour not in state.draft.instructions]
    state.draft.hours += len(hours)
    return nxt if hours else None
