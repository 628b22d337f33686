"""One page: the scan, its cards, whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from pipeline.domain.errors import Failure
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Page
from pipeline.domain.people import User
from pipeline.domain.review import Proposal, in_force, settled_identity
from pipeline.review import morning
from pipeline.review.clinical import person_name
from pipeline.review.decide import REASONS
from pipeline.review.house import House
from pipeline.review.items import ItemView, item_view
from pipeline.review.pages import PageView, page_view
from pipeline.review.screens import show
from pipeline.review.sheets import sheet_view
from pipeline.review.visit import AnyUser, AnyVisit, TheHouse, visit_of
from pipeline.review.whose import WhoseView, whose_view
from pipeline.review.words import Words

router = APIRouter()


@router.get("/pages/{page_id}")
def one_page(request: Request, page_id: str, house: TheHouse, user: AnyUser, visit: AnyVisit) -> Response:
    """The screen where the day is won."""
    return show_page(request, house, user, page_id)


def show_page(
    request: Request, house: House, user: User, page_id: str, *, status: int = 200, **extra: Any
) -> Response:
    """Return the whole screen of a page, with what a form has to say about itself.

    Args:
        request: who is asking.
        house: everything real.
        user: who looks.
        page_id: which.
        status: HTTP's.
        extra: `alert` (a sentence), `found` (people found by a search), `amending` (a form to show again).

    Raises:
        HTTPException: 404, no such page.
    """
    words = visit_of(request).words
    view = build_page(house, user, words, page_id)
    before, after = neighbours(house, page_id)
    values = {"alert": None, "found": None, "amending": None, **extra}
    return show(
        request,
        "page.html",
        status,
        page=view,
        before=before,
        after=after,
        reasons=REASONS,
        actions=("start", "continue", "change", "stop"),
        **values,
    )


def build_page(house: House, user: User, words: Words, page_id: str) -> PageView:
    """Gather all that a page's screen shows.

    Raises:
        HTTPException: 404, no such page.
    """
    papers = house.store.papers
    page = papers.page(page_id)
    if page is None:
        raise HTTPException(404)
    scan = papers.scan(page.scan_sha256)
    outcome = papers.outcome(page_id)
    in_file = (
        [p for p in papers.pages_of_batch(scan.batch_id) if p.scan_sha256 == scan.sha256] if scan else []
    )
    people = {person.name: person.display_name for person in house.store.people.users()}
    proposals = _proposals(house, outcome) if outcome else ()
    items = [build_item(house, user, words, proposal, people) for proposal in proposals]
    return page_view(
        page,
        scan,
        pages_in_file=len(in_file),
        outcome=outcome,
        items=items,
        whose=_whose(house, user, words, outcome, people) if outcome else None,
        supposed=_supposed(house, words, proposals),
        failure=None if outcome else _failure(house, page),
        retried=None if outcome else _retried(house, words, page, people),
        sheet=sheet_view(
            outcome.duplicate_of if outcome else None,
            house.store.sheets.decisions(page_id),
            user=user,
            words=words,
            people=people,
        ),
        copies=house.store.sheets.copies(page_id),
        words=words,
    )


def _proposals(house: House, outcome: PageOutcome) -> tuple[Proposal, ...]:
    """Return what the page proposes; compared with nobody once a person said: not in the registry."""
    supposed = any(proposal.supposed_id for proposal in outcome.proposals)
    if supposed and settled_identity(house.store.review.identity_decisions(outcome.page.id)):
        return house.propose_again(outcome.page.id, None, absent=True)
    return outcome.proposals


def _supposed(house: House, words: Words, proposals: Sequence[Proposal]) -> str | None:
    """Return the sentence that says with whose record an unsettled page was compared."""
    supposed = next((proposal.supposed_id for proposal in proposals if proposal.supposed_id), None)
    patient = house.store.registry.patient(supposed) if supposed else None
    return words("page.supposed", name=person_name(patient)) if patient else None


def build_item(
    house: House, user: User, words: Words, proposal: Proposal, people: dict[str, str]
) -> ItemView:
    """Build one card from the store."""
    decisions = house.store.review.decisions(proposal.id)
    standing = in_force(decisions)
    return item_view(
        proposal,
        decisions,
        user=user,
        words=words,
        render=house.render,
        say=partial(house.render, language=words.language),
        people=people,
        exported=standing is not None and house.store.outbox.exported(standing.id),
    )


def neighbours(house: House, page_id: str) -> tuple[str | None, str | None]:
    """Return the pages before and after this one in the queue's order; None = there is none."""
    order = [row.page_id for row in morning.in_order(house.store.review.queue())]
    if page_id not in order:
        return None, None
    place = order.index(page_id)
    return (
        order[place - 1] if place else None,
        order[place + 1] if place + 1 < len(order) else None,
    )


def _whose(
    house: House, user: User, words: Words, outcome: PageOutcome, people: dict[str, str]
) -> WhoseView | None:
    if outcome.duplicate_of or outcome.layout.blank:
        return None
    page_id = outcome.page.id
    return whose_view(
        outcome.match,
        house.store.review.identity_decisions(page_id),
        traits=outcome.understanding.traits,
        current=house.store.review.current_patient(page_id),
        user=user,
        words=words,
        people=people,
        patient=house.store.registry.patient,
        # The age that the paper may state is the age on the day of writing.
        today=outcome.understanding.written_on or house.now().date(),
    )


def _failure(house: House, page: Page) -> Failure | None:
    failures = house.store.papers.failures(scan_sha256=page.scan_sha256)
    return next((failure for failure in failures if failure.page_number in (page.number, None)), None)


def _retried(house: House, words: Words, page: Page, people: dict[str, str]) -> str | None:
    asked = house.store.papers.last_retry(page)
    if asked is None:
        return None
    who, when = asked
    return words("retry.asked", who=people.get(who, who), when=words.moment(when))
