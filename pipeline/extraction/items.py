"""One prescribed item: from its words to drug, strength, form, posology, renewals and doubts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from pipeline.domain.drug import Drug
from pipeline.domain.meaning import Action, PrescriptionLine
from pipeline.domain.strength import is_among
from pipeline.extraction.doubts import DOUBTED, doubts_of
from pipeline.extraction.extras import as_written, extras_of
from pipeline.extraction.heads import Head, action_after, form_written
from pipeline.extraction.lexer import terms_of
from pipeline.extraction.posology import Sig, parse_sig
from pipeline.extraction.settled import settled
from pipeline.extraction.strengths import ReadStrength, is_smudged, read_strength
from pipeline.extraction.tables import fold, lookup, rules

LEGIBILITY = 0.25
"""Power of the reading's confidence in an item's: most of a line's doubtful letters say nothing of drug,
strength, dose or frequency. Of 188 items of the development and sample pages that nothing else speaks
against, 187 were right (the other left open how often), those on lines of confidence 0.4 to 0.9 like the
others; a quarter is kept as caution."""

_LONG_ACTING = re.compile(r"\b(?:lp|lm|l\.p\.)(?![a-z])")
_KEPT = re.compile(
    r"[\s,;:(-]+(?:(?:a|on) (?:poursui\w+|continuer?)|inchangee?|meme dose|sans changement|idem)\s*[.)]*\s*$"
)
_BEGUN = re.compile(
    r"(?:[,;:(–—-]\s*|\s(?=(?:a|on)\s))(?:(?:a|on)\s+)?(?:debut\w*|commenc\w*|introdui\w*|instaur\w*|initi(?:er|ation|e))"
    r"(?:\s+(?:ce jour|aujourd'?hui|demain|ce soir|ce matin|le traitement))?\s*[.)]*\s*$"
)
_BY_STEPS = re.compile(
    r"(?:de|par)\s+(?:\d+(?:[.,/]\d+)?|[½¼¾])\s?[^\W\d]*\.?(?!\s*(?:à\b|->|=>|→|\w*\d))", re.IGNORECASE
)
_AFTER_ALL = r"(?:\b(?:puis|et|ou|avant|apres|sans|pas|ne|plus|jusqu(?:\W?a)?|si|dans|des|d|l)\b|')[\s,;:]*$"
_BEFORE_DOSE = re.compile(r"\s*[:,]?\s*(?:\d|[½¼¾]|un|deux|trois|demi)", re.IGNORECASE)
_OLD_DOSE = re.compile(
    r"(?<![\w.,/-])(?:de\s+)?(?P<number>\d+(?:[.,/]\d+)?|[½¼¾])\s?(?P<unit>[a-zé]+\s)?\s*(?:(?P<to>à)|->|=>|→)\s*"
    r"(?=(?:\d+(?:[.,/]\d+)?|[½¼¾])\s?(?:cp|comp|g[ée]l|sach|amp|gtt|gout|bouf|ui|u|unit|ml|inj)\w*)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\d\s?((?:cp|cpr|comp|comprim[ée]|g[ée]l|g[ée]lule|sach|sachet|amp|ampoule|suppo|capsule|patch)s?\b)\.?"
    r"\s+(?:de|à|dos[ée]s? à)\s+(?=\d[\d.,\s]*(?:mg|g|µg|ui)\b)",
    re.IGNORECASE,
)


def build_item(pieces: Sequence[str], head: Head, *, reading_confidence: float = 1.0) -> PrescriptionLine:
    """Build the item that starts with `head` and whose words stand in `pieces`, one a line.

    Args:
        pieces: the lines' texts; the head's places are places in the first.
        head: as read from the first.
        reading_confidence: 0-1, the readers' own for these lines; 1 for typed text.
    """
    extras = extras_of(" ".join([pieces[0][head.end :], *pieces[1:]]))
    action, text = _said(head.action, extras.text)
    text, is_step = _without_old_dose(text, is_change=action is Action.CHANGE)
    if is_step and action is None:
        action = Action.CHANGE
    candidate = head.candidates[0] if head.candidates else None
    drug = candidate.drug if candidate else None
    strength = read_strength(text, drug=drug, is_change=action is Action.CHANGE)
    rest = text[strength.end :]
    before = rest
    if strength.text is None and not strength.end and not _by_steps(text):
        strength, rest = _later_strength(text, drug)
        before = text
    if is_smudged(pieces[0][head.start : head.end]):
        strength = replace(strength, doubts=(*strength.doubts, "illegible"))
    if strength.changed:
        action = Action.CHANGE if action in (None, Action.CHANGE, Action.CONTINUE) else action
    action, rest = _said(action, rest)
    if action is Action.CHANGE and (new := read_strength(rest, drug=drug, is_change=True)).text:
        strength, rest = replace(new, changed=True), rest[new.end :]  # "Bisoprolol 2,5 augmenté à 5 mg"
    rest, _ = _without_old_dose(rest, is_change=action is Action.CHANGE)
    if action is None and (stopped := _stopped_at_end(rest)) is not None:
        action, rest = Action.STOP, stopped
    if action is None and (kept := _KEPT.search(fold(rest))):
        action, rest = Action.CONTINUE, rest[: kept.start()]
    if action is None and (begun := _BEGUN.search(fold(rest))):
        action, rest = Action.START, rest[: begun.start()]
    sig = parse_sig(rest)
    if action is Action.STOP:
        sig = Sig((), ("unread",) if sig.posologies else (), 1.0, 0)
    stepped = _stepped(text, strength, sig)
    if stepped is not None:
        strength, sig = ReadStrength(None, 0, strength.doubts), stepped
    form = _form(f"{pieces[0][head.start : head.end]} {before}", sig, drug)
    posologies = tuple(
        replace(settled(posology, drug, form), text=as_written(posology.text, extras.weighed))
        for posology in sig.posologies
    )
    if drug and _LONG_ACTING.search(fold(extras.text)) and not _LONG_ACTING.search(fold(drug.name)):
        sig = replace(sig, doubts=(*sig.doubts, "ambiguous"))  # "Morphine 10 mg LP" is another drug
    if _parts_a_dose(pieces):
        sig = replace(sig, doubts=(*sig.doubts, "ambiguous"))
    item = PrescriptionLine(
        text=" / ".join(piece.strip() for piece in pieces),
        drug_text=pieces[0][head.start : head.end].strip(),
        drug=candidate,
        alternatives=tuple(head.candidates[1:]),
        strength=strength.text,
        form=form,
        posologies=posologies,
        action=action,
        renewals=extras.renewals,
        not_substitutable=extras.not_substitutable,
    )
    doubts = doubts_of(item, head=head, sig=sig, strength=strength)
    read = reading_confidence**LEGIBILITY
    share = head.probability * read * _fit(strength, drug) * max(sig.coverage, 0.1)
    return replace(item, doubts=doubts, confidence=round(share * (DOUBTED if doubts else 1.0), 4))


def _parts_a_dose(pieces: Sequence[str]) -> bool:
    """Whether a line ends with a number and the next begins with a unit: "Ramipril 5", "comprimé/j"."""
    ends = pairwise(pieces)
    return any(
        re.search(r"\d\s*$", before) and (terms := terms_of(after)) and terms[0].kind == "unit"
        for before, after in ends
    )


def _said(action: Action | None, text: str) -> tuple[Action | None, str]:
    """Return what the paper does with the drug, and the text with the words that say so blanked.

    "Amlodipine ↑ 10 mg", "Lantus : augmenter à 22 UI", "Plavix 75 : stop". A word before counts first.
    """
    said, place = action_after(text)
    if said is Action.CHANGE and _by_steps(text):
        return action or said, text
    return (action or said, " " * place + text[place:]) if said else (action, text)


def _by_steps(text: str) -> bool:
    """Whether "augmenter de 2 UI tous les 3 jours" stands there: steps are no dose."""
    said, place = action_after(text)
    return said is Action.CHANGE and _BY_STEPS.match(text, place) is not None


def _stopped_at_end(text: str) -> str | None:
    """Return what stands before "stop", "à arrêter" at the end of an item; None = it does not end so.

    Behind a duration, or in a later phase, it is the end of the treatment that is meant.
    """
    found = _stop_at_end().search(fold(text))
    if found is None or re.search(_AFTER_ALL, fold(text)[: found.start()]):
        return None
    before = parse_sig(text[: found.start()])
    is_ended = any(p.duration or p.count or p.sequence > 1 for p in before.posologies)
    return None if is_ended or before.doubts else text[: found.start()]


@cache
def _stop_at_end() -> re.Pattern[str]:
    words = sorted((w for w, a in lookup("page", "action").items() if a == "stop"), key=len, reverse=True)
    said = "|".join(map(re.escape, words))
    return re.compile(rf"[\s,;:.(–—=>-]+(?:(?:a|est|a ete|ete)\s+)?(?:{said})\s*[.)!]*\s*$")


def _without_old_dose(text: str, *, is_change: bool) -> tuple[str, bool]:
    """Blank the first dose of "de 1 à 2 cp" and "½ -> 1 cp", the second counts; say whether it did.

    "à" is a range unless an action says that the dose changes; "20 mg -> 1 cp" is a strength and a dose.
    """
    if (step := _OLD_DOSE.search(text)) is None:
        return text, False
    unit = (step["unit"] or "").strip().lower()
    is_strength = unit in rules("posology")["weighed"]["unit"] or unit in lookup("posology", "time")
    is_dose = is_change or bool(step["unit"] or re.search(r"[/½¼¾]", step["number"]))
    if is_strength or not is_dose or (step["to"] and not is_change):
        return text, False
    return text[: step.start()] + " " * (step.end() - step.start()) + text[step.end() :], True


def _stepped(text: str, strength: ReadStrength, sig: Sig) -> Sig | None:
    """Return "20mg 3j puis 10mg 3j" read as doses all through; None = the first amount is a strength.

    An amount that is followed by others of its kind, phase by phase, is what is taken, as they are: the
    paper then says no strength.
    """
    weighed = rules("posology")["weighed"]["unit"]
    if strength.text is None or strength.changed or not any(p.dose_unit in weighed for p in sig.posologies):
        return None
    whole = parse_sig(text)
    phases = {posology.sequence for posology in whole.posologies}
    doses = all(p.dose is not None and p.dose_unit in weighed for p in whole.posologies)
    return whole if len(phases) > 1 and doses else None


def _fit(strength: ReadStrength, drug: Drug | None) -> float:
    """How far the marketed strengths speak for what was read; 1 where they say nothing against it."""
    if strength.text is None or drug is None or not drug.strengths:
        return 1.0
    return 1.0 if is_among(strength.text, drug.strengths) else 0.5


def _later_strength(text: str, drug: Drug | None) -> tuple[ReadStrength, str]:
    """Read a strength behind a form word or a remark ("collyre 0,3 %", "LP cp 100 mg")."""
    match = re.match(r"[\s,:]*(?:(?!\d)[^\W\d][\w.'’-]*\s+){1,3}(?=\d)", text)
    if match:
        # Only a number with its unit counts here: a bare one is a dose.
        strength = read_strength(text[match.end() :], drug=None)
        if strength.text and re.search(r"[a-zµ%]", strength.text, re.IGNORECASE):
            known = read_strength(text[match.end() :], drug=drug)
            strength = known if known.text == strength.text else strength
            return strength, text[: match.end()] + text[match.end() + strength.end :]
        # A bare one counts behind words of the form alone, and where the drug is sold in it ("Lyoc 80").
        words = terms_of(match.group())
        bare = read_strength(text[match.end() :], drug=drug)
        if (
            bare.text
            and not bare.doubts
            and _BEFORE_DOSE.match(text, match.end() + bare.end)
            and all(term.kind in ("filler", "unit", "unknown") for term in words)
        ):
            return bare, text[: match.end()] + text[match.end() + bare.end :]
    counted = _COUNTED.search(text)
    if counted:
        # "2 cp de 500 mg 3x/j"
        strength = read_strength(text[counted.end() :], drug=None)
        if strength.text:
            return strength, text[: counted.end(1)] + text[counted.end() + strength.end :]
    return ReadStrength(None, 0), text


def _form(text: str, sig: Sig, drug: Drug | None) -> str | None:
    head = re.split(r"\d", text, maxsplit=1)[0]
    written = form_written(head)
    if written == "gélule" and drug and "gélule" not in drug.forms and "gel" in drug.forms:
        written = "gel"  # they are alike without the accent
    if written == "gélule" and any(p.dose_unit in ("application", "noisette") for p in sig.posologies):
        written = "gel"
    if written:
        return written
    unit = next((p.dose_unit for p in sig.posologies if p.dose_unit), None)
    implied = rules("page")["form_of_unit"].get(unit or "")
    if implied == "gouttes" and drug and drug.forms and "collyre" in drug.forms[0]:
        return "collyre"
    return str(implied) if implied else (drug.forms[0] if drug and len(drug.forms) == 1 else None)
