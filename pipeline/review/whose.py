"""Whose page it is, as a panel on the screen: the answer, the candidates with their reasons, the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.domain.identity import Patient, PatientCandidate, PatientMatch, Traits
from pipeline.domain.people import User
from pipeline.domain.review import IdentityDecision, Role, settled_identity
from pipeline.domain.standing import standing
from pipeline.review.clinical import Field, person_facts, person_name
from pipeline.review.items import HistoryView
from pipeline.review.read_traits import ReadView, read_view
from pipeline.review.reasons import ReasonView, reason_views
from pipeline.review.words import Words

LIKELY = 0.1  # probability from which a candidate's button stands out
FAR_BEHIND = 0.001  # of the first one's probability: below, somebody of another name is no choice to offer


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody in the registry, as a choice.

    Attributes:
        share: how likely, in percent; None = found by search.
        by_prior: agenda or record, not the ink, put this person first.
        likely: not so unlikely that choosing this person would be odd.
        chosen: the page is this person's now.
    """

    id: str
    name: str
    facts: tuple[Field, ...]
    share: str | None
    reasons: tuple[ReasonView, ...]
    by_prior: bool
    likely: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class WhoseView:
    """The panel.

    Attributes:
        status: "settled", "absent" (somebody said: not in the registry), "match", "ask" or "none".
        sentence: the same in words, with who said so and when.
        person: whose page it is now; None = open.
        read: what the page says of its patient, each trait beside its ink.
        seen: id of the newest decision shown, 0 = none.
    """

    status: str
    sentence: str
    person: PersonView | None
    read: ReadView
    candidates: tuple[PersonView, ...]
    history: tuple[HistoryView, ...]
    seen: int
    may_settle: bool
    may_undo: bool


def whose_view(
    match: PatientMatch,
    decisions: Sequence[IdentityDecision],
    *,
    traits: Traits,
    current: str | None,
    user: User,
    words: Words,
    people: Mapping[str, str],
    patient: Callable[[str], Patient | None],
    today: date,
) -> WhoseView:
    """Build the panel.

    Args:
        match: the machine's answer.
        decisions: what people said of it, oldest first.
        traits: what the page says of its patient.
        current: whose page it is now; None = open, or not in the registry.
        user: who looks.
        words: in which language.
        people: log-in name -> name on screens.
        patient: the registry.
        today: for ages.
    """
    standing = settled_identity(decisions)
    known = {candidate.patient_id: candidate for candidate in match.candidates}

    def view(patient_id: str) -> PersonView | None:
        found = patient(patient_id)
        if found is None:
            return None
        candidate = known.get(patient_id)
        return person_view(found, words, today=today, candidate=candidate, chosen=patient_id == current)

    status = _status(match, standing)
    found = (view(candidate.patient_id) for candidate in match.candidates if _is_choice(candidate, match))
    may = user.role in (Role.SECRETARY, Role.DOCTOR)
    return WhoseView(
        status=status,
        sentence=_sentence(status, standing, words, people),
        person=view(current) if current else None,
        read=read_view(traits, words),
        candidates=tuple(person for person in found if person is not None),
        history=tuple(_said(decision, words, people, patient) for decision in decisions),
        seen=decisions[-1].id if decisions else 0,
        may_settle=may,
        may_undo=may and standing is not None,
    )


def person_view(
    patient: Patient,
    words: Words,
    *,
    today: date,
    candidate: PatientCandidate | None = None,
    chosen: bool = False,
) -> PersonView:
    """Build a choice from a registry row, with reasons where the machine considered it."""
    return PersonView(
        id=patient.patient_id,
        name=person_name(patient),
        facts=person_facts(patient, words, today=today),
        share=words.share(candidate.probability) if candidate else None,
        reasons=reason_views(candidate, words) if candidate else (),
        likely=candidate is None or candidate.probability >= LIKELY,
        by_prior=candidate.by_prior if candidate else False,
        chosen=chosen,
    )


def _is_choice(candidate: PatientCandidate, match: PatientMatch) -> bool:
    """Tell whether a candidate is worth a button; whoever only had an appointment that day is one to miss."""
    first = match.candidates[0].probability
    return "names.different" not in candidate.reasons or candidate.probability >= FAR_BEHIND * first


def _status(match: PatientMatch, standing: IdentityDecision | None) -> str:
    if standing is not None:
        return "settled" if standing.patient_id else "absent"
    return match.answer.value


def _sentence(status: str, standing: IdentityDecision | None, words: Words, people: Mapping[str, str]) -> str:
    if standing is None:
        return words(f"whose.{status}")
    who = people.get(standing.user, standing.user)
    return words(f"whose.{status}", who=who, when=words.moment(standing.at))


def _said(
    decision: IdentityDecision,
    words: Words,
    people: Mapping[str, str],
    patient: Callable[[str], Patient | None],
) -> HistoryView:
    named = patient(decision.patient_id) if decision.patient_id else None
    if decision.undo:
        what = words("whose.said_undo")
    elif named is None:
        what = words("whose.said_absent")
    else:
        what = words("whose.said_person", name=person_name(named))
    who = people.get(decision.user, decision.user)
    return HistoryView(who=who, what=what, when=words.moment(decision.at), reason=decision.reason)


def patient_after_undo(decisions: Sequence[IdentityDecision], match: PatientMatch) -> str | None:
    """Return whose page it is once the decision in force is taken back."""
    left = standing(decisions, lambda decision: decision.undo)
    if len(left) > 1:
        return left[-2].patient_id
    return match.patient_id
