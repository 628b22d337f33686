from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.drug import Drug, DrugCandidate
from pipeline.domain.identity import Traits
from pipeline.domain.meaning import Action, Posology, PrescriptionLine, TimeUnit, Understanding
from pipeline.domain.paper import PageKind
from pipeline.domain.record import PatientRecord, RecordMedication
from pipeline.domain.review import Grade, Proposal, Provenance, Severity
from pipeline.proposing.checks import BUILT_IN, Checks
from pipeline.proposing.propose import propose
from pipeline.proposing.rules import table

KNOWN = [("ramipril", "C09AA05"), ("losartan", "C09CA01"), ("lithium", "N05AN01"), ("paracétamol", "N02BE01")]
posologies = st.builds(
    Posology,
    text=st.just(""),
    dose=st.none() | st.integers(1, 4).map(Decimal),
    dose_unit=st.sampled_from([None, "comprimé", "mg", "goutte"]),
    frequency=st.none() | st.integers(1, 4),
    period=st.just(Decimal(1)),
    period_unit=st.sampled_from(TimeUnit),
)
strengths = st.sampled_from([None, "5 mg", "1 g", "10", "3 %", "5 mg/10 mg"])
several = st.lists(posologies, max_size=2).map(tuple)
candidates = st.sampled_from(KNOWN).map(lambda row: DrugCandidate(Drug(row[0].title(), *row), 0.9, 0.9))
items = st.lists(
    st.builds(
        PrescriptionLine,
        text=st.text(max_size=8),
        drug_text=st.text(max_size=8),
        drug=st.none() | candidates,
        strength=strengths,
        posologies=several,
        action=st.none() | st.sampled_from(Action),
        confidence=st.floats(0, 1),
        doubts=st.sampled_from([(), ("illegible",), ("incomplete",)]),
    ),
    max_size=5,
)
medications = st.lists(
    st.sampled_from(KNOWN).flatmap(
        lambda row: st.builds(
            RecordMedication,
            drug=st.just(row[0]),
            substance=st.just(row[0]),
            atc=st.just(row[1]),
            strength=strengths,
            posologies=several,
        )
    ),
    max_size=4,
).map(tuple)


def run(
    lines: list[PrescriptionLine], medications: tuple[RecordMedication, ...], checks: Checks = BUILT_IN
) -> tuple[Proposal, ...]:
    return propose(
        page_id="a-1",
        understanding=Understanding(PageKind.NOTE, None, None, Traits(), items=tuple(lines)),
        patient_id="P1",
        record=PatientRecord("P1", medications, ("lithium",)),
        strengths_of=lambda substance, form, brand: ("5 mg", "10 mg"),
        provenance=Provenance("r", "u", "f"),
        checks=checks,
    )


@given(items, medications)
def test_every_item_has_one_proposal_and_running_again_changes_nothing(
    lines: list[PrescriptionLine], medications: tuple[RecordMedication, ...]
) -> None:
    proposals = run(lines, medications)
    assert proposals == run(lines, medications)
    assert [one.position for one in proposals] == list(range(len(lines)))
    assert len({one.id for one in proposals}) == len(lines)


@given(items, medications)
def test_a_proposal_never_says_more_than_its_line(
    lines: list[PrescriptionLine], medications: tuple[RecordMedication, ...]
) -> None:
    for line, proposal in zip(lines, run(lines, medications), strict=True):
        assert proposal.payload.strength == line.strength
        assert proposal.payload.posologies == line.posologies
        assert line.action in (None, proposal.payload.action)
        assert (proposal.grade is Grade.ILLEGIBLE) == (line.drug is None)
        if proposal.grade is Grade.CERTAIN:
            assert line.confidence >= 0.9 and not line.doubts
            assert all(flag.severity is Severity.LOW for flag in proposal.flags)


@given(items, medications)
def test_what_is_renewed_or_stopped_is_never_called_new(
    lines: list[PrescriptionLine], medications: tuple[RecordMedication, ...]
) -> None:
    on_record = {one.substance for one in medications}
    for line, proposal in zip(lines, run(lines, medications), strict=True):
        if line.drug and line.action is None:
            is_known = line.drug.drug.substance in on_record
            assert (proposal.payload.action is Action.START) == (not is_known)
        severities = [list(Severity).index(flag.severity) for flag in proposal.flags]
        assert severities == sorted(severities)


ONE_SIDED = {"duplicate_substance", "duplicate_class", "duplicate_atc4", "interaction_not_evaluated"}
"""Rules that stand on one line of the page on purpose: on the later, or on the first."""


@given(items, medications, st.randoms())
def test_the_order_of_the_lines_does_not_change_what_is_flagged(
    lines: list[PrescriptionLine], medications: tuple[RecordMedication, ...], random: Random
) -> None:
    shuffled = list(enumerate(lines))
    random.shuffle(shuffled)
    before = run(lines, medications)
    after = run([line for _, line in shuffled], medications)
    for (place, _), proposal in zip(shuffled, after, strict=True):
        kept, now = (
            sorted({flag.rule for flag in one.flags} - ONE_SIDED) for one in (before[place], proposal)
        )
        assert kept == now
    for rule in ("duplicate_substance", "interaction_not_evaluated"):
        assert _raised(rule, before) == _raised(rule, after)


def _raised(rule: str, proposals: tuple[Proposal, ...]) -> bool:
    return any(flag.rule == rule for proposal in proposals for flag in proposal.flags)


@given(items, medications)
def test_what_goes_on_unchanged_raises_no_alarm_about_company_and_one_about_dose_at_most(
    lines: list[PrescriptionLine], medications: tuple[RecordMedication, ...]
) -> None:
    for proposal in run(lines, medications):
        rules = [flag.rule for flag in proposal.flags]
        assert len(rules) == len(set(rules)) or set(rules) & {"interaction_discouraged"}
        assert sum(flag.type == "dose_outlier" for flag in proposal.flags) <= 1
        if proposal.payload.action is Action.CONTINUE:
            assert not {"interaction", "duplicate"} & {flag.type for flag in proposal.flags}
            assert not {"dose_low", "tenfold_change", "high_risk"} & set(rules)


@given(items, medications, st.sets(st.sampled_from(sorted(table("rules")))))
def test_rules_that_are_off_never_fire_and_change_no_other(
    lines: list[PrescriptionLine], medications: tuple[RecordMedication, ...], off: set[str]
) -> None:
    left = run(lines, medications, Checks(off=frozenset(off)))
    for proposal, full in zip(left, run(lines, medications), strict=True):
        assert proposal.flags == tuple(flag for flag in full.flags if flag.rule not in off)


@given(items, medications)
def test_an_allergen_that_is_not_stopped_is_always_flagged(
    lines: list[PrescriptionLine], medications: tuple[RecordMedication, ...]
) -> None:
    for line, proposal in zip(lines, run(lines, medications), strict=True):
        is_lithium = line.drug is not None and line.drug.drug.substance == "lithium"
        wanted = is_lithium and proposal.payload.action is not Action.STOP
        assert ("allergy" in {flag.rule for flag in proposal.flags}) == wanted
