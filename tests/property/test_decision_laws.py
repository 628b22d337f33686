from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import NotApproved
from pipeline.domain.meaning import Action
from pipeline.domain.review import (
    Approved,
    Decision,
    Grade,
    IdentityDecision,
    MedicationPayload,
    Proposal,
    Provenance,
    Role,
    State,
    Verb,
    in_force,
    settled_identity,
    state_of,
)

NOW = datetime(2025, 11, 13, tzinfo=UTC)
PAYLOAD = MedicationPayload(Action.START, "Kardégic", None, None, None, None)
STATES = {Verb.ACCEPT: State.ACCEPTED, Verb.AMEND: State.AMENDED, Verb.REJECT: State.REJECTED}


def said(place: int, verb: Verb, role: Role = Role.DOCTOR, proposal_id: str = "p") -> Decision:
    return Decision(
        place + 1,
        proposal_id,
        verb,
        "someone",
        role,
        NOW,
        "illisible" if verb is Verb.REJECT else None,
        PAYLOAD if verb is Verb.AMEND else None,
    )


def proposal(patient_id: str | None = "P1", proposal_id: str = "p") -> Proposal:
    provenance = Provenance("r", "r", "f")
    return Proposal(
        proposal_id,
        "page",
        0,
        patient_id,
        PAYLOAD,
        "x",
        None,
        Grade.CERTAIN,
        1.0,
        (),
        (),
        (),
        (),
        None,
        None,
        provenance,
    )


histories = st.lists(st.sampled_from(Verb), max_size=12).map(
    lambda verbs: [said(place, verb) for place, verb in enumerate(verbs)]
)
identities = st.lists(st.one_of(st.none(), st.sampled_from(["P1", "P2", "undo"])), max_size=12).map(
    lambda answers: [
        IdentityDecision(
            place + 1,
            "page",
            None if answer == "undo" else answer,
            "x",
            Role.SECRETARY,
            NOW,
            answer == "undo",
        )
        for place, answer in enumerate(answers)
    ]
)


@given(histories, st.sampled_from([Verb.ACCEPT, Verb.AMEND, Verb.REJECT]))
def test_the_last_word_counts(history: list[Decision], verb: Verb) -> None:
    last = said(len(history), verb)
    assert in_force([*history, last]) is last
    assert state_of([*history, last]) is STATES[verb]


@given(histories, st.sampled_from([Verb.ACCEPT, Verb.AMEND, Verb.REJECT]))
def test_a_word_taken_back_was_never_said(history: list[Decision], verb: Verb) -> None:
    place = len(history)
    undone = [*history, said(place, verb), said(place + 1, Verb.UNDO)]
    assert in_force(undone) is in_force(history)
    assert state_of(undone) is state_of(history)


@given(histories)
def test_enough_undoing_opens_again(history: list[Decision]) -> None:
    undone = [*history, *(said(len(history) + place, Verb.UNDO) for place in range(len(history)))]
    assert in_force(undone) is None
    assert state_of(undone) is State.OPEN


@given(histories)
def test_what_counts_was_said_and_is_no_undo(history: list[Decision]) -> None:
    standing = in_force(history)
    if standing is None:
        assert state_of(history) is State.OPEN
    else:
        assert standing in history
        assert state_of(history) is STATES[standing.verb]


@given(identities, st.one_of(st.none(), st.just("P3")))
def test_identity_follows_the_same_laws(history: list[IdentityDecision], patient_id: str | None) -> None:
    place = len(history)
    new = IdentityDecision(place + 1, "page", patient_id, "x", Role.DOCTOR, NOW)
    undo = IdentityDecision(place + 2, "page", None, "x", Role.DOCTOR, NOW, undo=True)
    assert settled_identity([*history, new]) is new
    assert settled_identity([*history, new, undo]) is settled_identity(history)


@given(
    st.sampled_from(Verb), st.sampled_from(Role), st.sampled_from(["p", "q"]), st.sampled_from([None, "P1"])
)
def test_nothing_is_approved_without_a_doctors_decision(
    verb: Verb, role: Role, proposal_id: str, patient_id: str | None
) -> None:
    decision = said(0, verb, role, proposal_id)
    one = proposal(patient_id)
    right = verb in (Verb.ACCEPT, Verb.AMEND) and role is Role.DOCTOR and proposal_id == "p"
    if right and patient_id is not None:
        assert Approved(one, decision).payload is (decision.amended or one.payload)
    else:
        with pytest.raises(NotApproved):
            Approved(one, decision)
