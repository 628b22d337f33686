"""One proposed line as a card on the screen: what it says, what it rests on, where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.meaning import Posology
from pipeline.domain.people import User
from pipeline.domain.review import (
    Decision,
    MedicationPayload,
    Proposal,
    Role,
    Severity,
    State,
    in_force,
    state_of,
)
from pipeline.domain.writing import Evidence
from pipeline.review.clinical import Field, medication_title, posology_fields
from pipeline.review.words import Words

Render = Callable[[Sequence[Posology]], str]


@dataclass(frozen=True, slots=True)
class InkView:
    """A line of ink under a value: its reading order and text, and what it alone says, in words.

    Attributes:
        says: "Durée, écrite une fois pour la page"; None = it is the item's own line.
    """

    order: int
    text: str
    says: str | None = None


@dataclass(frozen=True, slots=True)
class FlagView:
    """A warning in words; `severity` is "high", "medium" or "low"."""

    severity: str
    label: str
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class AlternativeView:
    """Another drug that the ink may mean."""

    drug: str
    substance: str
    share: str


@dataclass(frozen=True, slots=True)
class HistoryView:
    """Who said what, when."""

    who: str
    what: str
    when: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class AmendForm:
    """What stands in the fields of the amendment."""

    drug: str
    strength: str
    form: str
    posology: str
    action: str
    renewals: str
    not_substitutable: bool


@dataclass(frozen=True, slots=True)
class ItemView:
    """A card.

    Attributes:
        number: from 1, as on the paper.
        state, grade, action: the nouns' values, for colours; their `_text` says them.
        title: drug, strength, form: as amended, else as proposed.
        proposed: what the machine had proposed, where the doctor wrote something else.
        posology: sentence in the screen's language, "" where the paper says none.
        to_record: the same in French as the record gets it; None = the screen is French.
        posologies: the same as fields, one tuple a phase.
        record: what the record says today; None = nothing comparable.
        ink: the lines it rests on, those that say one value for the whole page last.
        seen: id of the newest decision shown, 0 = none.
        may_decide, may_approve, may_undo: what this user can do here and now.
        pending_reason: why nothing can be approved yet, in words; None = it can.
    """

    id: str
    number: int
    state: str
    state_text: str
    grade: str
    grade_text: str
    action: str
    action_text: str
    title: str
    substance: str
    proposed: str | None
    posology: str
    to_record: str | None
    posologies: tuple[tuple[Field, ...], ...]
    details: tuple[Field, ...]
    as_written: str
    record: str | None
    ink: tuple[InkView, ...]
    alternatives: tuple[AlternativeView, ...]
    strengths: tuple[str, ...]
    flags: tuple[FlagView, ...]
    history: tuple[HistoryView, ...]
    provenance: str
    form: AmendForm
    seen: int
    exported: bool
    may_decide: bool
    may_approve: bool
    may_undo: bool
    pending_reason: str | None


def item_view(
    proposal: Proposal,
    decisions: Sequence[Decision],
    *,
    user: User,
    words: Words,
    render: Render,
    say: Render,
    people: Mapping[str, str],
    exported: bool = False,
) -> ItemView:
    """Build a card.

    Args:
        proposal: what the machine suggests.
        decisions: all that was said of it, oldest first.
        user: who looks.
        words: in which language.
        render: posologies -> French sentence, as the record gets it.
        say: posologies -> sentence in the screen's language.
        people: log-in name -> name on screens.
        exported: it has left the house.
    """
    standing = in_force(decisions)
    payload = (standing.amended if standing else None) or proposal.payload
    state = state_of(decisions)
    is_doctor = user.role is Role.DOCTOR
    return ItemView(
        id=proposal.id,
        number=proposal.position + 1,
        state=state.value,
        state_text=words(f"state.{state.value}"),
        grade=proposal.grade.value,
        grade_text=words(f"grade.{proposal.grade.value}"),
        action=payload.action.value,
        action_text=words(f"action.{payload.action.value}"),
        title=title_of(payload, words),
        substance=_substance(payload),
        proposed=title_of(proposal.payload, words) if payload is not proposal.payload else None,
        posology=say(payload.posologies) if payload.posologies else "",
        to_record=render(payload.posologies) if payload.posologies and words.language != "fr" else None,
        posologies=tuple(posology_fields(posology, words) for posology in payload.posologies),
        details=_details(payload, words),
        as_written=proposal.as_written,
        record=_record(proposal, say),
        ink=ink_views(proposal.evidence, words),
        alternatives=tuple(
            AlternativeView(other.drug, other.substance, words.share(other.probability))
            for other in proposal.alternatives
        ),
        strengths=proposal.strengths,
        flags=_flags(proposal, words),
        history=tuple(_said(decision, words, people) for decision in decisions),
        provenance=" · ".join(
            part
            for part in (
                proposal.provenance.reader,
                proposal.provenance.rules,
                proposal.provenance.formulary,
            )
            if part
        ),
        form=form_of(payload, render),
        seen=decisions[-1].id if decisions else 0,
        exported=exported,
        may_decide=is_doctor and state is State.OPEN,
        may_approve=is_doctor and state is State.OPEN and proposal.patient_id is not None,
        may_undo=is_doctor and state is not State.OPEN,
        pending_reason=words("item.go_whose") if proposal.patient_id is None else None,
    )


def ink_views(evidence: Sequence[Evidence], words: Words) -> tuple[InkView, ...]:
    """Return the lines under a value, each once a meaning."""
    found = {
        (piece.line_order, piece.says): InkView(
            piece.line_order, piece.text, words(f"ink.{piece.says}") if piece.says else None
        )
        for piece in evidence
    }
    return tuple(found.values())


def title_of(payload: MedicationPayload, words: Words) -> str:
    """Return a medication in a few words; an unread name says so."""
    return medication_title(payload.drug or words("item.unread"), payload.strength, payload.form)


def form_of(payload: MedicationPayload, render: Render) -> AmendForm:
    """Return the fields of the amendment as they stand before it."""
    return AmendForm(
        drug=payload.drug,
        strength=payload.strength or "",
        form=payload.form or "",
        posology=render(payload.posologies) if payload.posologies else "",
        action=payload.action.value,
        renewals="" if payload.renewals is None else str(payload.renewals),
        not_substitutable=payload.not_substitutable,
    )


def _substance(payload: MedicationPayload) -> str:
    return " · ".join(part for part in (payload.substance, payload.atc) if part)


def _details(payload: MedicationPayload, words: Words) -> tuple[Field, ...]:
    found = []
    if payload.renewals is not None:
        found.append((words("item.renewals"), str(payload.renewals)))
    if payload.not_substitutable:
        found.append((words("item.substitution"), words("item.not_substitutable")))
    return tuple(found)


def _record(proposal: Proposal, say: Render) -> str | None:
    known = proposal.on_record
    if known is None:
        return None
    title = medication_title(known.drug, known.strength, known.form)
    return f"{title} — {say(known.posologies)}" if known.posologies else title


def _flags(proposal: Proposal, words: Words) -> tuple[FlagView, ...]:
    order = list(Severity)
    ordered = sorted(proposal.flags, key=lambda flag: order.index(flag.severity))
    return tuple(
        FlagView(
            severity=flag.severity.value,
            label=words(f"severity.{flag.severity.value}"),
            sentence=flag.detail if words.language == "fr" else flag.detail_en,
            source=words.named("source", flag.source),
        )
        for flag in ordered
    )


def _said(decision: Decision, words: Words, people: Mapping[str, str]) -> HistoryView:
    return HistoryView(
        who=people.get(decision.user, decision.user),
        what=words(f"verb.{decision.verb.value}"),
        when=words.moment(decision.at),
        reason=decision.reason,
    )
