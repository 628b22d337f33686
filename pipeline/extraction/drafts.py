"""A posology while it is being read, and how a finished one follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipeline.domain.meaning import Duration, Moment, Posology, TimeUnit
from pipeline.extraction.tables import rules


@dataclass(slots=True)
class Draft:
    """One dosage in the making; fields as in `Posology`.

    Attributes:
        dose_seen: a dose stands on the paper, legible or not.
        cap: "max 3 fois/j": so many times a day; `cap_amount`: "max 4 cp/j". Neither is a frequency.
        cap_unit: "max 4 g/j", of tablets.
        one_take: "en une prise": once in all, unless a day, a time or a length of time is written.
        hours: so many hours of the day are named ("à 8 h et 20 h").
        slot: written as 1-0-1, so that its unit may stand elsewhere.
    """

    start: int
    end: int
    sequence: int = 1
    dose: Decimal | None = None
    dose_high: Decimal | None = None
    dose_unit: str | None = None
    dose_seen: bool = False
    frequency: int | None = None
    frequency_max: int | None = None
    period: Decimal | None = None
    period_max: Decimal | None = None
    period_unit: TimeUnit | None = None
    when: list[Moment] = field(default_factory=list)
    weekdays: list[int] = field(default_factory=list)
    instructions: list[str] = field(default_factory=list)
    duration: Duration | None = None
    count: int | None = None
    as_needed: bool = False
    as_needed_for: str | None = None
    cap: int | None = None
    cap_amount: Decimal | None = None
    cap_unit: str | None = None
    one_take: bool = False
    route: str | None = None
    site: str | None = None
    hours: int = 0
    slot: bool = False
    timed: bool = False

    @property
    def every_day(self) -> bool:
        """Written as once a day, without a time of day: "1/j"."""
        once = (self.frequency, self.frequency_max, self.period, self.period_unit)
        return once == (1, None, Decimal(1), TimeUnit.DAY)

    @property
    def empty(self) -> bool:
        """Nothing of it was written."""
        return not (
            self.dose_seen
            or self.frequency
            or self.when
            or self.weekdays
            or self.duration
            or self.instructions
            or self.as_needed
            or self.count
            or self.one_take
            or self.cap
            or self.cap_amount
            or self.route
            or self.site
        )


def implied_frequency(
    when: Sequence[Moment], weekdays: Sequence[int]
) -> tuple[int, Decimal, TimeUnit] | None:
    """Return what "matin et soir" (2 a day) or "le mardi" (1 a week) says without a number."""
    if weekdays:
        return len(weekdays) * max(1, len(when)), Decimal(1), TimeUnit.WEEK
    if when:
        return len(when), Decimal(1), TimeUnit.DAY
    return None


def finished(draft: Draft, text: str) -> Posology:
    """Return the posology of a draft; `text` is what it was read from."""
    frequency, period, unit = draft.frequency, draft.period, draft.period_unit
    count = draft.count
    if draft.one_take and frequency is None and not draft.when and not draft.weekdays:
        if draft.duration is None:
            count = count or 1
        else:
            frequency, period, unit = 1, Decimal(1), TimeUnit.DAY
    frequency_max, cap_amount = draft.frequency_max, draft.cap_amount
    if frequency is None and (implied := implied_frequency(draft.when, draft.weekdays)):
        frequency, period, unit = implied
    elif frequency is None and draft.hours and draft.dose_seen and not (draft.as_needed or count):
        frequency, period, unit = draft.hours, Decimal(1), TimeUnit.DAY
    top = draft.dose_high or draft.dose
    if draft.cap is not None and cap_amount is None:
        cap_amount = (top or Decimal(1)) * draft.cap
    if frequency_max == frequency:
        frequency_max = None
    return Posology(
        text=text[draft.start : draft.end].strip(" ,;:-+/"),
        sequence=draft.sequence,
        dose=draft.dose,
        dose_high=draft.dose_high,
        dose_unit=draft.dose_unit,
        frequency=frequency,
        frequency_max=frequency_max,
        period=period,
        period_max=draft.period_max if draft.period_max and (period or 0) < draft.period_max else None,
        period_unit=unit,
        when=tuple(draft.when),
        weekdays=tuple(draft.weekdays),
        instructions=tuple(draft.instructions),
        duration=draft.duration,
        count=count,
        as_needed=draft.as_needed,
        as_needed_for=draft.as_needed_for,
        max_per_day=cap_amount,
        max_unit=draft.cap_unit if cap_amount and draft.cap_unit != draft.dose_unit else None,
        route=draft.route or route_of_unit(draft.dose_unit),
        site=draft.site,
    )


def route_of_unit(unit: str | None) -> str | None:
    """Return the route that a unit alone says ("comprimé": oral); None = it says none."""
    for route, units in rules("posology")["route_of_unit"].items():
        if unit in units:
            return str(route)
    return None


def shared(group: list[Draft]) -> None:
    """Give what was written once for doses taken together to all of them: unit, duration, need, site."""
    last = group[-1]
    unit = next((draft.dose_unit for draft in group if draft.dose_unit), None)
    # "1 cp le matin, 2 cp si prise de poids": what has its own times is taken anyway
    apart = not (last.when or last.frequency or last.weekdays)
    for draft in group:
        draft.dose_unit = draft.dose_unit or (unit if draft.dose_seen else None)
        draft.duration = draft.duration or last.duration
        draft.site = draft.site or last.site
        draft.route = draft.route or last.route
        if last.as_needed and not draft.as_needed and not (apart and (draft.when or draft.frequency)):
            draft.as_needed, draft.as_needed_for = True, last.as_needed_for
        if draft is not last and not draft.instructions:
            draft.instructions = list(last.instructions)


def merged(posologies: Sequence[Posology]) -> tuple[Posology, ...]:
    """Join concurrent posologies that differ only in time of day ("1 le matin 1 le soir")."""
    out: list[Posology] = []
    for posology in posologies:
        if out and _mergeable(out[-1], posology):
            before = out[-1]
            when = before.when + posology.when
            out[-1] = replace(before, text=f"{before.text} {posology.text}", when=when, frequency=len(when))
        else:
            out.append(posology)
    return tuple(out)


def _mergeable(one: Posology, other: Posology) -> bool:
    bare = {"text": "", "when": (), "frequency": None}
    return (
        one.sequence == other.sequence
        and bool(one.when and other.when)
        and not set(one.when) & set(other.when)
        and one.frequency == len(one.when)
        and other.frequency == len(other.when)
        and one.dose is not None
        and replace(one, **bare) == replace(other, **bare)  # type: ignore[arg-type]
    )
