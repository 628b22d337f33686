"""Proposals, and what people decide of them. Nothing leaves the house without a Decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.domain.errors import NotApproved
from pipeline.domain.grade import Grade as Grade
from pipeline.domain.meaning import Action, Posology
from pipeline.domain.record import RecordMedication
from pipeline.domain.standing import standing
from pipeline.domain.writing import Evidence


class Role(StrEnum):
    """What a user may do: the secretary settles identity, the doctor decides, too."""

    SECRETARY = "secretary"
    DOCTOR = "doctor"
    ADMIN = "admin"


class Severity(StrEnum):
    """How much a flag matters, most first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Verb(StrEnum):
    """What a person did to a proposal."""

    ACCEPT = "accept"
    AMEND = "amend"
    REJECT = "reject"
    UNDO = "undo"


class State(StrEnum):
    """Where a proposal stands; always computed from its decisions, stored nowhere."""

    OPEN = "open"
    ACCEPTED = "accepted"
    AMENDED = "amended"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Flag:
    """A warning on a proposal.

    Attributes:
        type: "allergy", "interaction", "duplicate", "dose_outlier", "unchanged_renewal",
            "strength_not_marketed", "dangerous_notation", "look_alike", "illegible", ...
        severity: for the order on the screen.
        detail: French sentence for people, with what it rests on; `detail_en` the same in English.
        source: the table or rule, with its edition.
        rule: its row in the table of rules, by which a practice switches it off; "" = not known any more.
        evidence: the ink it rests on: of its own line, and of the other line where it is about two.
    """

    type: str
    severity: Severity
    detail: str
    detail_en: str
    source: str
    rule: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class MedicationPayload:
    """The record update that is suggested: one medication."""

    action: Action
    drug: str
    substance: str | None
    atc: str | None
    strength: str | None
    form: str | None
    posologies: tuple[Posology, ...] = ()
    renewals: int | None = None
    not_substitutable: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another drug that the ink may mean, with how likely (0-1)."""

    drug: str
    substance: str
    atc: str | None
    probability: float


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which reader, rules and formulary made a proposal."""

    reader: str
    rules: str
    formulary: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the machine suggests writing. It has no state of its own: see `state_of`.

    Attributes:
        id: derived from page, patient and position, so that the same page proposes the same twice.
        page_id: the page that says so.
        position: of the item on its page, from 0.
        patient_id: None = nobody settled yet whose paper it is; nothing can be approved.
        payload: the suggested update.
        as_written: the paper's own words.
        on_record: the treatment on record that it was compared with; None = none.
        grade: what people see; `confidence` 0-1 is kept for us.
        alternatives: other drugs that the ink may mean.
        strengths: strengths that the drug is sold in.
        flags: most severe first.
        evidence: the ink.
        written_on: clinical date on the page; None = none written.
        prescriber: as understood from the page.
        supposed_id: whose record it was compared with while nobody is settled; None = nobody's.
    """

    id: str
    page_id: str
    position: int
    patient_id: str | None
    payload: MedicationPayload
    as_written: str
    on_record: RecordMedication | None
    grade: Grade
    confidence: float
    alternatives: tuple[Alternative, ...]
    strengths: tuple[str, ...]
    flags: tuple[Flag, ...]
    evidence: tuple[Evidence, ...]
    written_on: date | None
    prescriber: str | None
    provenance: Provenance
    supposed_id: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of a proposal; never changed, never deleted.

    Attributes:
        id: increasing in the order of saying; 0 = not stored yet.
        proposal_id: what it is about.
        verb: accept, amend, reject or undo (which takes back the decision in force).
        user: log-in name; `role` is the user's at that time.
        at: UTC.
        reason: required for reject.
        amended: the payload as amended; only with amend.
    """

    id: int
    proposal_id: str
    verb: Verb
    user: str
    role: Role
    at: datetime
    reason: str | None = None
    amended: MedicationPayload | None = None

    def __post_init__(self) -> None:
        if self.verb is Verb.REJECT and not (self.reason or "").strip():
            raise ValueError("a rejection needs a reason")
        if (self.verb is Verb.AMEND) != (self.amended is not None):
            raise ValueError("an amendment, and nothing else, carries a payload")


@dataclass(frozen=True, slots=True)
class IdentityDecision:
    """What a person said about whose page it is; append-only like `Decision`.

    Attributes:
        id: increasing; 0 = not stored yet.
        page_id: the page.
        patient_id: None = "not in the registry", or, with `undo`, back to the machine's answer.
        undo: takes back the decision before.
    """

    id: int
    page_id: str
    patient_id: str | None
    user: str
    role: Role
    at: datetime
    undo: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """A proposal together with the decision that lets it out: the only thing that export accepts.

    Raises:
        NotApproved: the decision is about another proposal, lets nothing out, was not a doctor's,
            or nobody settled whose paper it is.
    """

    proposal: Proposal
    decision: Decision

    def __post_init__(self) -> None:
        if self.decision.proposal_id != self.proposal.id:
            raise NotApproved("the decision is about another proposal")
        if self.decision.verb not in (Verb.ACCEPT, Verb.AMEND):
            raise NotApproved("the decision does not approve")
        if self.decision.role is not Role.DOCTOR:
            raise NotApproved("only a doctor's decision approves")
        if self.proposal.patient_id is None:
            raise NotApproved("nobody settled whose paper it is")

    @property
    def payload(self) -> MedicationPayload:
        """What to write: as amended, else as proposed."""
        return self.decision.amended or self.proposal.payload


def in_force(decisions: Sequence[Decision]) -> Decision | None:
    """Return the decision that counts, oldest first in; None = open.

    Every undo takes back the latest decision that still counts, so that undoing twice reaches
    further back.
    """
    left = standing(decisions, lambda decision: decision.verb is Verb.UNDO)
    return left[-1] if left else None


def state_of(decisions: Sequence[Decision]) -> State:
    """Return where a proposal with these decisions (oldest first) stands."""
    decision = in_force(decisions)
    if decision is None:
        return State.OPEN
    return {Verb.ACCEPT: State.ACCEPTED, Verb.AMEND: State.AMENDED, Verb.REJECT: State.REJECTED}[
        decision.verb
    ]


def settled_identity(decisions: Sequence[IdentityDecision]) -> IdentityDecision | None:
    """Return the identity decision that counts, oldest first in; None = nobody decided."""
    left = standing(decisions, lambda decision: decision.undo)
    return left[-1] if left else None
