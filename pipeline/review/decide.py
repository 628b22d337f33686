"""Forms become decisions: what a doctor typed is understood, or asked about, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.drug import Drug
from pipeline.domain.meaning import Action, Posology
from pipeline.domain.review import MedicationPayload
from pipeline.review.items import AmendForm, Render

Parse = Callable[[str], tuple[Posology, ...]]
FindDrug = Callable[[str], Drug | None]

REASONS = ("misread", "not_prescribed", "already_done", "wrong_patient", "illegible", "other")
LONGEST = 400
MOST_RENEWALS = 36


@dataclass(frozen=True, slots=True)
class Amendment:
    """What an amendment's form comes to: a payload, or the key of what is wrong with it.

    Attributes:
        problem: key of a sentence; None = all is well.
        unknown: the drug's name is not in the formulary and nobody confirmed it yet.
    """

    form: AmendForm
    payload: MedicationPayload | None
    problem: str | None = None
    unknown: bool = False


def amendment(
    sent: Mapping[str, str],
    before: MedicationPayload,
    *,
    render: Render,
    parse: Parse,
    find_drug: FindDrug,
) -> Amendment:
    """Understand an amendment.

    Args:
        sent: the form's fields.
        before: what stood there.
        render: posologies -> French sentence.
        parse: French text -> posologies.
        find_drug: the formulary.
    """
    form = read_form(sent)
    problem = _problem(form)
    if problem:
        return Amendment(form, None, problem)
    drug = find_drug(form.drug)
    same_name = form.drug == before.drug
    if drug is None and not same_name and sent.get("confirm_unknown") != "1":
        return Amendment(form, None, "amend.unknown_drug", unknown=True)
    substance, atc = (drug.substance, drug.atc) if drug else (None, None)
    if same_name:
        substance, atc = before.substance, before.atc
    payload = MedicationPayload(
        action=Action(form.action),
        drug=drug.name if drug and not same_name else form.drug,
        substance=substance,
        atc=atc,
        strength=form.strength or None,
        form=form.form or None,
        posologies=typed_posology(form.posology, before.posologies, render=render, parse=parse),
        renewals=int(form.renewals) if form.renewals else None,
        not_substitutable=form.not_substitutable,
    )
    if payload == before:
        return Amendment(form, None, "amend.nothing_changed")
    return Amendment(form, payload)


def read_form(sent: Mapping[str, str]) -> AmendForm:
    """Return the fields as sent, blanks tidied."""

    def text(name: str) -> str:
        return " ".join(str(sent.get(name, "")).split())[:LONGEST]

    return AmendForm(
        drug=text("drug"),
        strength=text("strength"),
        form=text("form"),
        posology=text("posology"),
        action=text("action"),
        renewals=text("renewals"),
        not_substitutable=sent.get("not_substitutable") == "1",
    )


def _problem(form: AmendForm) -> str | None:
    if not form.drug:
        return "amend.no_drug"
    if form.action not in {action.value for action in Action}:
        return "amend.no_action"
    if form.renewals and not (form.renewals.isascii() and form.renewals.isdigit()):
        return "amend.renewals_number"
    if form.renewals and int(form.renewals) > MOST_RENEWALS:
        return "amend.renewals_number"
    return None


def typed_posology(
    text: str, before: Sequence[Posology], *, render: Render, parse: Parse
) -> tuple[Posology, ...]:
    """Return what a typed posology means; text that is not understood is kept as it was typed.

    An unchanged sentence keeps the posologies that it was made from, with their words as written.
    """
    if not text:
        return ()
    if before and text == " ".join(render(before).split()):
        return tuple(before)
    return parse(text) or (Posology(text=text),)


def is_understood(posologies: Sequence[Posology]) -> bool:
    """Whether anything but the words is known of a posology."""
    return any(replace(posology, text="", sequence=1) != Posology(text="") for posology in posologies)


def rejection_reason(sent: Mapping[str, str], say: Callable[[str], str]) -> str | None:
    """Return the reason to store, in French as the record is; None = none was given.

    Args:
        sent: the form's fields: `reason` from the list, `comment` free.
        say: the French sentence of a key.
    """
    chosen = sent.get("reason", "")
    comment = " ".join(str(sent.get("comment", "")).split())[:LONGEST]
    if chosen not in REASONS or (chosen == "other" and not comment):
        return None
    listed = "" if chosen == "other" else say(f"reject.{chosen}")
    return " : ".join(part for part in (listed, comment) if part)
