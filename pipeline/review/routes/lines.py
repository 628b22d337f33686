"""Decisions on lines: accept, amend, reject, undo; and what helps while typing an amendment."""

from __future__ import annotations

import json

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from pipeline.domain.errors import AlreadyExported, Conflict
from pipeline.domain.people import User
from pipeline.domain.review import Decision, MedicationPayload, Proposal, State, Verb, in_force, state_of
from pipeline.review.clinical import posology_fields
from pipeline.review.decide import REASONS, amendment, is_understood, rejection_reason
from pipeline.review.house import House
from pipeline.review.routes.page import build_item, build_page, show_page
from pipeline.review.screens import go, show
from pipeline.review.visit import Decider, Form, PageChanged, TheHouse, visit_of
from pipeline.review.words import Words

router = APIRouter()

FRENCH = Words("fr")


@router.post("/pages/{page_id}/items/{proposal_id}/accept")
def accept(
    request: Request, page_id: str, proposal_id: str, house: TheHouse, user: Decider, form: Form
) -> Response:
    """Accept a line as proposed."""
    proposal = _proposal(house, page_id, proposal_id)
    return _decide(request, house, user, proposal, _seen(form.get("seen")), Verb.ACCEPT)


@router.post("/pages/{page_id}/items/{proposal_id}/amend")
def amend(
    request: Request, page_id: str, proposal_id: str, house: TheHouse, user: Decider, form: Form
) -> Response:
    """Accept a line as the doctor words it; a name that no formulary knows is asked about once."""
    proposal = _proposal(house, page_id, proposal_id)
    sent = {key: str(value) for key, value in form.items()}
    understood = amendment(
        sent, proposal.payload, render=house.render, parse=house.parse_posology, find_drug=house.find_drug
    )
    if understood.payload is None:
        amending = {"id": proposal.id, "form": understood.form, "unknown": understood.unknown}
        return _again(request, house, user, proposal, 422, understood.problem or "", amending)
    seen = _seen(form.get("seen"))
    return _decide(request, house, user, proposal, seen, Verb.AMEND, amended=understood.payload)


@router.post("/pages/{page_id}/items/{proposal_id}/reject")
def reject(
    request: Request, page_id: str, proposal_id: str, house: TheHouse, user: Decider, form: Form
) -> Response:
    """Reject a line with a reason."""
    proposal = _proposal(house, page_id, proposal_id)
    reason = rejection_reason({key: str(value) for key, value in form.items()}, FRENCH)
    if reason is None:
        return _again(request, house, user, proposal, 422, "reject.needs_reason")
    return _decide(request, house, user, proposal, _seen(form.get("seen")), Verb.REJECT, reason=reason)


@router.post("/pages/{page_id}/items/{proposal_id}/undo")
def undo(
    request: Request, page_id: str, proposal_id: str, house: TheHouse, user: Decider, form: Form
) -> Response:
    """Take back the decision in force."""
    proposal = _proposal(house, page_id, proposal_id)
    return _decide(request, house, user, proposal, _seen(form.get("seen")), Verb.UNDO)


@router.post("/typing/posology")
def typing_posology(request: Request, house: TheHouse, user: Decider, form: Form) -> Response:
    """Show what a posology means while it is typed."""
    words = visit_of(request).words
    text = " ".join(str(form.get("posology", "")).split())[:400]
    understood = house.parse_posology(text) if text else ()
    return show(
        request,
        "understood.html",
        typed=bool(text),
        sentence=house.render(understood, words.language) if is_understood(understood) else "",
        phases=[posology_fields(posology, words) for posology in understood],
    )


@router.post("/typing/drug")
def typing_drug(request: Request, house: TheHouse, user: Decider, form: Form) -> Response:
    """Complete a drug's name from the formulary."""
    text = " ".join(str(form.get("drug", "")).split())[:80]
    names = list(house.drug_names(text))[:20] if len(text) > 1 else []
    return show(request, "options.html", names=names)


@router.post("/typing/strengths")
def typing_strengths(request: Request, house: TheHouse, user: Decider, form: Form) -> Response:
    """List the marketed strengths of a drug as it stands in the form."""
    drug = house.find_drug(" ".join(str(form.get("drug", "")).split())[:80])
    names = house.strengths_of(drug.substance, brand=drug.name if drug.is_brand else None) if drug else ()
    return show(request, "options.html", names=list(names))


def _seen(sent: object) -> int:
    text = str(sent or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else -1


def _proposal(house: House, page_id: str, proposal_id: str) -> Proposal:
    """Return a line of a page as it is proposed now.

    Raises:
        HTTPException: 404, no such page.
        PageChanged: the page is about somebody else by now, and so are its lines.
    """
    if house.store.papers.page(page_id) is None:
        raise HTTPException(404)
    for proposal in house.store.review.proposals(page_id):
        if proposal.id == proposal_id:
            return proposal
    raise PageChanged(page_id)


def _decide(
    request: Request,
    house: House,
    user: User,
    proposal: Proposal,
    seen: int,
    verb: Verb,
    *,
    reason: str | None = None,
    amended: MedicationPayload | None = None,
) -> Response:
    """Store a decision unless somebody was faster, or the line is not in a state for it."""
    decisions = house.store.review.decisions(proposal.id)
    stale = (decisions[-1].id if decisions else 0) != seen
    if stale:
        return _conflict(request, house, user, proposal)
    if verb in (Verb.ACCEPT, Verb.AMEND) and proposal.patient_id is None:
        return _again(request, house, user, proposal, 409, "item.whose_first")
    # A decided line is undone first, so that no click overwrites what somebody said.
    if (verb is Verb.UNDO) == (state_of(decisions) is State.OPEN):
        return _conflict(request, house, user, proposal)
    decision = Decision(0, proposal.id, verb, user.name, user.role, house.now(), reason, amended)
    try:
        house.store.review.decide(decision, seen=seen)
    except AlreadyExported:
        return _again(request, house, user, proposal, 409, "item.exported_stays")
    except Conflict:
        return _conflict(request, house, user, proposal)
    return _done(request, house, user, proposal, verb)


def _done(request: Request, house: House, user: User, proposal: Proposal, verb: Verb) -> Response:
    visit = visit_of(request)
    if not visit.partial:
        where = f"/pages/{proposal.page_id}#item-{proposal.position + 1}"
        return go(request, where, notice=verb.value)
    said = visit.words(f"notice.{verb.value}")
    answer = _card(request, house, user, proposal, 200, said=said)
    answer.headers["HX-Trigger-After-Swap"] = json.dumps({"decided": {"verb": verb.value}})
    return answer


def _conflict(request: Request, house: House, user: User, proposal: Proposal) -> Response:
    """Say who decided what meanwhile; nothing was stored."""
    words = visit_of(request).words
    decisions = house.store.review.decisions(proposal.id)
    last = in_force(decisions) or (decisions[-1] if decisions else None)
    if last is None:
        return _again(request, house, user, proposal, 409, "item.conflict_plain")
    person = house.store.people.user(last.user)
    sentence = words(
        "item.conflict",
        who=person.display_name if person else last.user,
        what=words(f"verb.{last.verb.value}"),
        when=words.moment(last.at),
    )
    return _again(request, house, user, proposal, 409, "", sentence=sentence)


def _again(
    request: Request,
    house: House,
    user: User,
    proposal: Proposal,
    status: int,
    key: str,
    amending: dict[str, object] | None = None,
    *,
    sentence: str | None = None,
) -> Response:
    """Show the line again with what has to be said about it."""
    visit = visit_of(request)
    alert = sentence or visit.words(key)
    if visit.partial:
        return _card(request, house, user, proposal, status, alert=alert, amending=amending)
    about = {"id": proposal.id, "sentence": alert}
    return show_page(request, house, user, proposal.page_id, status=status, alert=about, amending=amending)


def _card(
    request: Request, house: House, user: User, proposal: Proposal, status: int, **extra: object
) -> HTMLResponse:
    words = visit_of(request).words
    people = {person.name: person.display_name for person in house.store.people.users()}
    alert = extra.get("alert")
    return show(
        request,
        "card.html",
        status,
        page=build_page(house, user, words, proposal.page_id),
        item=build_item(house, user, words, proposal, people),
        alert={"id": proposal.id, "sentence": alert} if alert else None,
        amending=extra.get("amending"),
        said=extra.get("said"),
        reasons=REASONS,
        actions=("start", "continue", "change", "stop"),
    )
