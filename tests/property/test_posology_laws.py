"""The law of the grammar: what is said as a French sentence is read back as the same posologies."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.domain.meaning import Duration, Moment, Posology, TimeUnit
from pipeline.extraction.drafts import implied_frequency, merged, route_of_unit
from pipeline.extraction.posology import parse_posology, parse_sig
from pipeline.extraction.render import render
from pipeline.extraction.tables import rules

TABLE = rules("posology")
UNITS = [unit for unit in TABLE["unit"] if unit not in ("mg/kg", "mg/kg/j")]
DOSES = [Decimal(n) for n in ("0.25", "0.5", "0.75", "1", "1.5", "2", "3", "10", "20", "2.5", "250")]
MOMENTS = [Moment.MORNING, Moment.NOON, Moment.AFTERNOON, Moment.EVENING, Moment.BEDTIME, Moment.NIGHT]


@st.composite
def rhythms(draw: st.DrawFn) -> dict[str, object]:
    """When a dose is taken: by moments, weekdays, times a period, or not said."""
    kind = draw(st.sampled_from(["moments", "days", "times", "range", "every", "none"]))
    if kind == "moments":
        when = tuple(m for m in MOMENTS if draw(st.booleans())) or (Moment.MORNING,)
        return {"when": when, "frequency": len(when), "period": Decimal(1), "period_unit": TimeUnit.DAY}
    if kind == "days":
        days = tuple(sorted(draw(st.sets(st.integers(0, 6), min_size=1, max_size=3))))
        frequency, period, unit = implied_frequency((), days) or (1, Decimal(1), TimeUnit.WEEK)
        return {"weekdays": days, "frequency": frequency, "period": period, "period_unit": unit}
    if kind == "times":
        unit = draw(st.sampled_from([TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH]))
        return {"frequency": draw(st.integers(1, 8)), "period": Decimal(1), "period_unit": unit}
    if kind == "range":
        low = draw(st.integers(1, 4))
        return {
            "frequency": low,
            "frequency_max": low + draw(st.integers(1, 3)),
            "period": Decimal(1),
            "period_unit": TimeUnit.DAY,
        }
    if kind == "every":
        unit = draw(st.sampled_from([TimeUnit.HOUR, TimeUnit.DAY, TimeUnit.WEEK]))
        period = draw(st.integers(2, 15))
        most = draw(st.none() | st.integers(1, 4).map(lambda more: Decimal(period + more)))
        return {"frequency": 1, "period": Decimal(period), "period_max": most, "period_unit": unit}
    return {}


durations = st.builds(
    lambda value, unit, more: Duration(Decimal(value), unit, Decimal(value + more) if more else None),
    st.integers(1, 60),
    st.sampled_from([TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR]),
    st.integers(0, 3),
)


def is_place_of(unit: str, site: str) -> bool:
    """What is swallowed goes into no eye: "1 cp od" is questioned."""
    return route_of_unit(unit) != "orale" or not ("œil" in site or "yeux" in site)


@st.composite
def posologies(draw: st.DrawFn) -> Posology:
    unit = draw(st.sampled_from(UNITS))
    dose = draw(st.sampled_from(DOSES))
    high = dose + 1 if draw(st.booleans()) else None
    rhythm = draw(rhythms())
    needed = draw(st.booleans())
    reason = draw(st.none() | st.sampled_from(list(TABLE["reason"]))) if needed else None
    cap, cap_unit = None, None
    if needed and draw(st.booleans()):
        cap = (high or dose) * draw(st.integers(8 if "frequency_max" in rhythm else 2, 12))
    elif draw(st.booleans()):
        cap = draw(st.sampled_from(DOSES))
        cap_unit = draw(
            st.sampled_from([other for other in ("g", "mg", "mg/kg", "comprimé") if other != unit])
        )
    return Posology(
        text="",
        dose=dose,
        dose_high=high,
        dose_unit=unit,
        instructions=tuple(
            draw(st.lists(st.sampled_from(list(TABLE["instruction"])), max_size=2, unique=True))
        ),
        duration=draw(st.none() | durations),
        as_needed=needed,
        as_needed_for=reason,
        max_per_day=cap,
        max_unit=cap_unit,
        route=route_of_unit(unit) or draw(st.none() | st.sampled_from(list(TABLE["route"]))),
        site=draw(st.none() | st.sampled_from([site for site in TABLE["site"] if is_place_of(unit, site)])),
        **rhythm,  # type: ignore[arg-type]
    )


def bare(found: tuple[Posology, ...]) -> tuple[Posology, ...]:
    """Without `text`, which is the wording and not the meaning."""
    return tuple(replace(posology, text="") for posology in found)


@settings(max_examples=400, deadline=None)
@given(posologies())
def test_one_posology_is_read_back(posology: Posology) -> None:
    sentence = render((posology,))
    assert bare(parse_posology(sentence)) == (posology,), sentence


@settings(max_examples=150, deadline=None)
@given(st.lists(posologies(), min_size=2, max_size=3))
def test_phases_are_read_back(phases: list[Posology]) -> None:
    numbered = tuple(replace(posology, sequence=place) for place, posology in enumerate(phases, start=1))
    sentence = render(numbered)
    assert bare(parse_posology(sentence)) == numbered, sentence


@settings(max_examples=150, deadline=None)
@given(posologies(), st.sampled_from(DOSES))
def test_doses_taken_together_are_read_back(posology: Posology, other: Decimal) -> None:
    once = {"frequency": 1, "frequency_max": None, "period": Decimal(1), "period_max": None}
    once |= {"period_unit": TimeUnit.DAY}
    morning = replace(
        posology, dose_high=None, when=(Moment.MORNING,), weekdays=(), max_per_day=None, max_unit=None, **once
    )
    both = bare(merged((morning, replace(morning, dose=other, when=(Moment.EVENING,)))))
    sentence = render(both)
    assert bare(parse_posology(sentence)) == both, sentence


@settings(max_examples=200, deadline=None)
@given(posologies())
def test_rendered_french_raises_no_doubt_but_size(posology: Posology) -> None:
    assert set(parse_sig(render((posology,))).doubts) <= {"implausible", "dangerous-notation"}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    sig = parse_sig(text)
    assert 0 <= sig.coverage <= 1
