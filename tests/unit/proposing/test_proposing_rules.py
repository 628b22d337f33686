from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from pipeline.domain.drug import Drug, DrugCandidate
from pipeline.domain.identity import Traits
from pipeline.domain.meaning import (
    Action,
    Assertion,
    Mention,
    MentionKind,
    Moment,
    Posology,
    PrescriptionLine,
    TimeUnit,
    Understanding,
)
from pipeline.domain.paper import PageKind
from pipeline.domain.record import PatientRecord, RecordMedication
from pipeline.domain.review import Grade, Proposal, Provenance, Severity
from pipeline.proposing.amounts import mg_a_day, per_day, same_strength
from pipeline.proposing.propose import propose

DRUGS = {
    "Clamoxyl": ("amoxicilline", "J01CA04"),
    "Augmentin": ("amoxicilline/acide clavulanique", "J01CR02"),
    "Bactrim": ("sulfaméthoxazole/triméthoprime", "J01EE01"),
    "Doliprane": ("paracétamol", "N02BE01"),
    "Ixprim": ("paracétamol/tramadol", "N02AJ13"),
    "Téralithe": ("lithium", "N05AN01"),
    "Ramipril": ("ramipril", "C09AA05"),
    "Losartan": ("losartan", "C09CA01"),
    "Naproxène": ("naproxène", "M01AE02"),
    "Kétum": ("kétoprofène", "M01AE03"),
    "Tramadol LP": ("tramadol LP", "N02AX02"),
    "Tramadol": ("tramadol", "N02AX02"),
    "Metformine": ("metformine", "A10BA02"),
    "Novatrex": ("méthotrexate", "L04AX03"),
    "Avamys": ("fluticasone", "R01AD08"),
    "Flixotide": ("fluticasone", "R03BA05"),
    "Amlodipine": ("amlodipine", "C08CA01"),
    "Clopidogrel": ("clopidogrel", "B01AC04"),
    "Oméprazole": ("oméprazole", "A02BC01"),
    "Diffu-K": ("potassium", "A12BA01"),
    "Aldactone": ("spironolactone", "C03DA01"),
    "Inconnu": ("substance inconnue", None),
}
STRENGTHS = {"paracétamol": ("500 mg", "1 g"), "ramipril": ("1,25 mg", "2,5 mg", "5 mg", "10 mg")}
PROVENANCE = Provenance("drawn 1", "rules 1", "formulary 1")


def candidate(name: str, *reasons: str) -> DrugCandidate:
    substance, atc = DRUGS[name]
    return DrugCandidate(Drug(name, substance, atc), 0.99, 0.99, reasons)


def take(
    dose: float | str = 1, times: int = 1, *, unit: str = "comprimé", per: TimeUnit = TimeUnit.DAY
) -> Posology:
    return Posology(
        "", dose=Decimal(str(dose)), dose_unit=unit, frequency=times, period=Decimal(1), period_unit=per
    )


def item(name: str, strength: str | None = None, *posologies: Posology, **fields: object) -> PrescriptionLine:
    known = {"confidence": 0.95, "drug": candidate(name), **fields}
    return PrescriptionLine(name, name, strength=strength, posologies=posologies, **known)  # type: ignore[arg-type]


def on_record(name: str, strength: str | None = None, *posologies: Posology) -> RecordMedication:
    substance, atc = DRUGS[name]
    return RecordMedication(name, substance, atc, strength=strength, posologies=posologies)


def run(
    items: Sequence[PrescriptionLine],
    *medications: RecordMedication,
    allergies: tuple[str, ...] = (),
    mentions: tuple[Mention, ...] = (),
    settled: bool = True,
) -> tuple[Proposal, ...]:
    page = Understanding(
        PageKind.PRESCRIPTION, None, None, Traits(), items=tuple(items), mentions=mentions, rules="rules 1"
    )
    return propose(
        page_id="a-1",
        understanding=page,
        patient_id="P1" if settled else None,
        record=PatientRecord("P1", medications, allergies) if settled else None,
        strengths_of=lambda substance, form, brand: STRENGTHS.get(substance, ()),
        provenance=PROVENANCE,
    )


NOTES = ("interaction_not_evaluated", "high_risk", "tenfold_neighbour", "dose_low")
"""Quiet rules that have tests of their own in test_rules_and_sources.py."""


def types(proposal: Proposal) -> list[str]:
    return [flag.type for flag in proposal.flags if flag.rule not in NOTES]


@pytest.mark.parametrize(
    ("line", "action"),
    [
        (item("Ramipril", "5 mg", take()), Action.CONTINUE),
        (item("Ramipril"), Action.CONTINUE),
        (item("Ramipril", "10 mg", take()), Action.CHANGE),
        (item("Ramipril", "5 mg", take(times=2)), Action.CHANGE),
        (item("Ramipril", "5 mg", take(2)), Action.CHANGE),
        (item("Losartan", "50 mg", take()), Action.START),
        (item("Ramipril", action=Action.STOP), Action.STOP),
        (item("Ramipril", "10 mg", take(), action=Action.CONTINUE), Action.CONTINUE),
    ],
)
def test_action_against_the_record(line: PrescriptionLine, action: Action) -> None:
    (proposal,) = run([line], on_record("Ramipril", "5 mg", take()))
    assert proposal.payload.action is action
    assert (proposal.on_record is None) == (action is Action.START)


def test_grams_and_milligrams_are_the_same_strength() -> None:
    assert same_strength("1 g", "1000mg")
    assert same_strength("0,5 mg", "500 µg")
    assert same_strength("1000", "1000 mg")
    assert not same_strength("5 mg/10 mg", "10 mg/5 mg")
    assert not same_strength("10 mg", "100 mg")


def test_morning_and_evening_is_twice_a_day_but_morning_is_not_evening() -> None:
    both = Posology("", dose=Decimal(1), dose_unit="comprimé", when=(Moment.MORNING, Moment.EVENING))
    morning = Posology("", dose=Decimal(1), dose_unit="comprimé", when=(Moment.MORNING,))
    evening = Posology("", dose=Decimal(1), dose_unit="comprimé", when=(Moment.EVENING,))
    assert run([item("Ramipril", "5 mg", both)], on_record("Ramipril", "5 mg", take(times=2)))[
        0
    ].payload.action is (Action.CONTINUE)
    assert run([item("Ramipril", "5 mg", morning)], on_record("Ramipril", "5 mg", evening))[
        0
    ].payload.action is (Action.CHANGE)


def test_a_nasal_spray_is_not_the_inhaler() -> None:
    assert run([item("Avamys")], on_record("Flixotide"))[0].payload.action is Action.START


def test_of_two_strengths_on_record_the_written_one_is_meant() -> None:
    (proposal,) = run(
        [item("Ramipril", "10 mg")], on_record("Ramipril", "2,5 mg"), on_record("Ramipril", "10 mg")
    )
    assert proposal.on_record is not None and proposal.on_record.strength == "10 mg"


def test_slow_release_prefers_slow_release() -> None:
    (proposal,) = run([item("Tramadol LP")], on_record("Tramadol"), on_record("Tramadol LP"))
    assert proposal.on_record is not None and proposal.on_record.drug == "Tramadol LP"


def test_renewal_is_said_and_quiet() -> None:
    (proposal,) = run([item("Ramipril", "5 mg", take())], on_record("Ramipril", "5 mg", take()))
    assert types(proposal) == ["unchanged_renewal"]
    assert proposal.flags[0].severity is Severity.LOW
    assert proposal.grade is Grade.CERTAIN


@pytest.mark.parametrize("words", ["pénicilline", "Amoxicilline", "allergie aux pénicillines"])
@pytest.mark.parametrize("drug", ["Clamoxyl", "Augmentin"])
def test_allergy_by_substance_or_class(words: str, drug: str) -> None:
    (proposal,) = run([item(drug)], allergies=(words,))
    assert types(proposal) == ["allergy"]
    assert words in proposal.flags[0].detail and words in proposal.flags[0].detail_en
    assert proposal.grade is Grade.TO_CHECK


def test_allergy_written_on_the_page_counts_unless_it_is_denied() -> None:
    said = Mention(MentionKind.ALLERGY, "sulfamides")
    denied = Mention(MentionKind.ALLERGY, "sulfamides", assertion=Assertion.NEGATED)
    assert types(run([item("Bactrim")], mentions=(said,), settled=False)[0]) == ["allergy"]
    assert types(run([item("Bactrim")], mentions=(denied,))[0]) == []


def test_another_allergy_is_no_allergy() -> None:
    assert types(run([item("Doliprane")], allergies=("pénicilline", "iode", "arachide"))[0]) == []


def test_stopping_an_allergen_is_not_flagged_as_allergy() -> None:
    (proposal,) = run(
        [item("Clamoxyl", action=Action.STOP)], on_record("Clamoxyl"), allergies=("amoxicilline",)
    )
    assert types(proposal) == []


def test_two_of_a_class_are_flagged_unless_the_first_is_stopped() -> None:
    (twice,) = run([item("Losartan")], on_record("Ramipril"))
    assert types(twice) == ["duplicate"] and twice.flags[0].severity is Severity.MEDIUM
    _, switched = run([item("Ramipril", action=Action.STOP), item("Losartan")], on_record("Ramipril"))
    assert types(switched) == []


def test_a_combination_holds_what_is_taken_already() -> None:
    (proposal,) = run([item("Ixprim")], on_record("Doliprane"))
    assert types(proposal) == ["duplicate"] and proposal.flags[0].severity is Severity.HIGH


def test_interaction_stands_on_the_new_line_and_names_its_source() -> None:
    new, old = run([item("Naproxène"), item("Téralithe")], on_record("Téralithe"))
    assert types(new) == ["interaction"] and "Téralithe" in new.flags[0].detail
    assert "thésaurus" in new.flags[0].source
    assert types(old) == ["unchanged_renewal"]


def test_both_lines_carry_an_interaction_where_both_are_new() -> None:
    assert [types(one) for one in run([item("Naproxène"), item("Téralithe")])] == [["interaction"]] * 2


def test_a_gel_does_not_raise_the_alarm_of_the_tablet() -> None:
    assert types(run([item("Kétum", form="gel")], on_record("Téralithe"))[0]) == []


def test_an_unknown_substance_claims_nothing() -> None:
    assert types(run([item("Inconnu")], on_record("Téralithe"), allergies=("pénicilline",))[0]) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (item("Doliprane", "1 g", take(times=4)), []),
        (item("Doliprane", "1 g", take(times=5)), ["dose_outlier"]),
        (item("Doliprane", None, take(times=9)), []),
        (item("Metformine", "850 mg", take(7)), ["dose_outlier"]),
        (item("Ixprim", "325 mg/37,5 mg", take(4, 4)), ["dose_outlier"]),
        (item("Ramipril", "5 mg", take(50, unit="mg")), ["dose_outlier"]),
        (item("Doliprane", "2,4 %", take(10, 6, unit="mL")), []),
    ],
)
def test_dose_above_the_adult_maximum(line: PrescriptionLine, found: list[str]) -> None:
    assert types(run([line])[0]) == found


def test_a_weekly_drug_taken_daily_is_flagged() -> None:
    daily, weekly = take(), take(per=TimeUnit.WEEK)
    assert types(run([item("Novatrex", "10 mg", daily)])[0]) == ["dose_outlier"]
    assert types(run([item("Novatrex", "10 mg", weekly)])[0]) == []


def test_concurrent_doses_add_up_and_phases_do_not() -> None:
    together = (take(1), take(2))
    after = replace(take(), sequence=2)
    assert mg_a_day("500 mg", together) == (Decimal(1500),)
    assert mg_a_day("500 mg", (take(2), after)) == (Decimal(1000),)


def test_strength_that_nobody_sells() -> None:
    (proposal,) = run([item("Ramipril", "50 mg", take())])
    assert "strength_not_marketed" in types(proposal)
    (unsold,) = [flag for flag in proposal.flags if flag.type == "strength_not_marketed"]
    assert "1,25 mg, 2,5 mg, 5 mg, 10 mg" in unsold.detail
    assert proposal.strengths == STRENGTHS["ramipril"]


def test_a_stop_of_what_is_not_on_record() -> None:
    stop = item("Ramipril", action=Action.STOP)
    assert types(run([stop])[0]) == ["stop_not_on_record"]
    assert types(run([stop], on_record("Ramipril"))[0]) == []
    assert types(run([stop], settled=False)[0]) == []


def test_doubts_of_the_reading_become_flags_and_forbid_certain() -> None:
    (proposal,) = run([item("Ramipril", "5 mg", take(), doubts=("dangerous-notation",))])
    assert types(proposal) == ["dangerous_notation"] and proposal.grade is Grade.TO_CHECK


def test_a_tie_shows_both_names() -> None:
    line = item("Ramipril", drug=candidate("Ramipril", "drug.tie"), alternatives=(candidate("Losartan"),))
    (proposal,) = run([line])
    assert types(proposal) == ["look_alike"] and "Losartan" in proposal.flags[0].detail
    assert [one.drug for one in proposal.alternatives] == ["Losartan"]


def test_no_drug_is_illegible_and_keeps_the_words() -> None:
    (proposal,) = run([PrescriptionLine("Xq 1 cp", "Xq", None, confidence=0.99)])
    assert proposal.grade is Grade.ILLEGIBLE and types(proposal) == ["illegible"]
    assert (proposal.payload.drug, proposal.payload.substance) == ("Xq", None)


@pytest.mark.parametrize(
    ("forms", "form", "grade"),
    [
        (("crème", "pommade"), None, Grade.CERTAIN),
        (("comprimé", "crème"), None, Grade.TO_CHECK),
        (("comprimé", "crème"), "crème", Grade.CERTAIN),
        (("collyre",), None, Grade.TO_CHECK),
        ((), None, Grade.TO_CHECK),
    ],
)
def test_a_cream_needs_no_dose_and_what_is_swallowed_or_dropped_does(
    forms: tuple[str, ...], form: str | None, grade: Grade
) -> None:
    drug = DrugCandidate(Drug("Crème X", "x", forms=forms), 0.99, 0.99)
    line = item("Amlodipine", None, replace(take(), dose=None, dose_unit=None), drug=drug, form=form)
    assert run([line])[0].grade is grade


def test_low_confidence_is_to_check() -> None:
    assert run([item("Amlodipine", "5 mg", take(), confidence=0.89)])[0].grade is Grade.TO_CHECK
    assert run([item("Amlodipine", "5 mg", take(), confidence=0.9)])[0].grade is Grade.CERTAIN


@pytest.mark.parametrize(
    "line",
    [
        item("Ramipril", None, take()),
        item("Inconnu", None, take()),
        item("Ramipril", "5 mg"),
        item("Ramipril", "5 mg", replace(take(), dose=None)),
        item("Ramipril", "5 mg", replace(take(), frequency=None, period=None, period_unit=None)),
        item(
            "Ramipril", "5 mg", replace(take(), frequency=None, period=None, period_unit=None, as_needed=True)
        ),
        item("Ramipril", "5 mg", take(), drug=candidate("Ramipril", "drug.tie")),
        item("Ramipril", "5 mg", take(), drug=candidate("Ramipril", "drug.exact", "drug.look_alike")),
        item("Ramipril", "5 mg", take(), drug=replace(candidate("Ramipril"), probability=0.4)),
        item("Ramipril", "50 mg", take()),
        item("Ramipril", "5 mg", take(), doubts=("incomplete",)),
    ],
    ids=[
        "no-strength",
        "unknown-strengths",
        "no-posology",
        "no-dose",
        "no-rate",
        "as-needed-without-a-limit",
        "tie",
        "look-alike",
        "improbable",
        "unsold",
        "doubt",
    ],
)
def test_nothing_that_leaves_something_to_guess_is_certain(line: PrescriptionLine) -> None:
    assert run([line])[0].grade is Grade.TO_CHECK


def test_as_needed_with_a_limit_may_be_certain() -> None:
    limited = replace(
        take(), frequency=None, period=None, period_unit=None, as_needed=True, max_per_day=Decimal(2)
    )
    assert run([item("Ramipril", "5 mg", limited)])[0].grade is Grade.CERTAIN


def test_a_stop_needs_no_dose_to_be_certain() -> None:
    (proposal,) = run([item("Ramipril", action=Action.STOP)], on_record("Ramipril", "5 mg", take()))
    assert proposal.grade is Grade.CERTAIN


def test_a_strength_in_a_unit_that_the_list_does_not_use_is_not_judged() -> None:
    assert types(run([item("Ramipril", "5 mg/2 mL", take())])[0]) == []


def test_a_mild_level_is_one_quiet_line() -> None:
    (proposal,) = run([item("Naproxène", "550 mg", take())], on_record("Novatrex"), on_record("Ramipril"))
    (quiet,) = [flag for flag in proposal.flags if flag.type == "interaction"]
    assert quiet.severity is Severity.LOW and "Précaution d'emploi : Novatrex" in quiet.detail


def test_a_flag_names_the_thesaurus_only_where_the_thesaurus_says_so() -> None:
    (own,) = run([item("Oméprazole")], on_record("Clopidogrel"))
    assert own.flags[0].source == "règle Reprise, à valider par un clinicien"
    (public,) = run([item("Naproxène")], on_record("Téralithe"))
    assert public.flags[0].source == "thésaurus ANSM, 20/10/2020"
    (dose,) = run([item("Doliprane", "1 g", take(times=5))])
    assert "à valider" in dose.flags[0].source


def test_potassium_with_a_potassium_sparing_drug_is_not_recommended_rather_than_forbidden() -> None:
    (proposal,) = run([item("Diffu-K")], on_record("Aldactone"))
    assert "déconseillée" in proposal.flags[0].detail


def test_a_limit_in_grams_is_what_may_be_taken_a_day() -> None:
    rare = replace(take(), frequency=None, period=None, period_unit=None, as_needed=True)
    for limit, daily in (("4", "4000"), ("6", "6000")):
        posology = replace(rare, max_per_day=Decimal(limit), max_unit="g")
        assert mg_a_day("1 g", [posology]) == (Decimal(daily),)
    assert per_day(replace(rare, max_per_day=Decimal(4), max_unit="g")) is None
