"""What the paper means: posology, prescribed items, mentions. None always means "not written"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pipeline.domain.drug import Drug, DrugCandidate
from pipeline.domain.identity import Traits
from pipeline.domain.paper import PageKind
from pipeline.domain.writing import Evidence


class Moment(StrEnum):
    """A time of day, or the place of a meal around it."""

    MORNING = "matin"
    NOON = "midi"
    AFTERNOON = "après-midi"
    EVENING = "soir"
    BEDTIME = "coucher"
    NIGHT = "nuit"


class TimeUnit(StrEnum):
    """A unit of time; the values are UCUM's."""

    MINUTE = "min"
    HOUR = "h"
    DAY = "d"
    WEEK = "wk"
    MONTH = "mo"
    YEAR = "a"


class Action(StrEnum):
    """What an item does to the patient's treatment."""

    START = "start"
    CONTINUE = "continue"
    CHANGE = "change"
    STOP = "stop"


class Assertion(StrEnum):
    """In which sense something is mentioned."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    PAST = "past"
    HYPOTHETICAL = "hypothetical"
    OTHER_PERSON = "other_person"


class MentionKind(StrEnum):
    """What kind of thing a mention names."""

    ALLERGY = "allergy"
    VITAL = "vital"
    PROBLEM = "problem"
    DRUG = "drug"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; `high` is set for "5 à 7 jours" and `value` is then its low end."""

    value: Decimal
    unit: TimeUnit
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Posology:
    """One way of taking a drug. Several with the same `sequence` are taken together ("1-0-2"),
    rising ones after another ("puis"). Every field but `text` and `sequence` is None, empty or
    False where the paper does not say.

    Attributes:
        text: as written.
        sequence: from 1.
        dose: number of `dose_unit` at a time; `dose_high` for "1 à 2".
        dose_unit: French, singular, spelt out ("comprimé", "gélule", "goutte", "mL", "UI").
        frequency: times a `period` of `period_unit`: 3 x/j is 3, 1, day; /8 h is 1, 8, hour.
        frequency_max: "1 à 3 fois" is 1 and 3; `period_max`: "toutes les 4 à 6 h" is 4 and 6.
        when: times of day.
        weekdays: 0 = Monday ... 6 = Sunday.
        instructions: as written, normalised ("à jeun", "pendant les repas").
        duration: how long.
        count: so many times in all ("dose unique" is 1).
        as_needed: si besoin; `as_needed_for` says why.
        max_per_day: largest total a day, in `max_unit` ("max 4 g/j" of tablets), None = in `dose_unit`.
        route: French ("orale", "cutanée"); only where the paper or the unit says.
        site: "œil droit", "les deux yeux".
    """

    text: str
    sequence: int = 1
    dose: Decimal | None = None
    dose_high: Decimal | None = None
    dose_unit: str | None = None
    frequency: int | None = None
    frequency_max: int | None = None
    period: Decimal | None = None
    period_max: Decimal | None = None
    period_unit: TimeUnit | None = None
    when: tuple[Moment, ...] = ()
    weekdays: tuple[int, ...] = ()
    instructions: tuple[str, ...] = ()
    duration: Duration | None = None
    count: int | None = None
    as_needed: bool = False
    as_needed_for: str | None = None
    max_per_day: Decimal | None = None
    max_unit: str | None = None
    route: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class PrescriptionLine:
    """One prescribed item, as the paper has it.

    Attributes:
        text: as written, its lines joined by " / ".
        drug_text: the drug's name as read.
        drug: the candidate decided on; None = none was good enough.
        alternatives: other candidates, likeliest first.
        strength: as read ("1 g"); None = not written.
        form: as written or as the unit implies ("comprimé"); None = neither.
        posologies: in order; empty = nothing written.
        action: only where the paper says it ("arrêt", "poursuivre"); None = it does not.
        renewals: "R 1x" is 1; None = not written.
        not_substitutable: "NS", "non substituable".
        confidence: 0-1 that substance, strength, dose and frequency are all right.
        doubts: names of what makes it doubtful ("ambiguous", "illegible", "dangerous-notation",
            "implausible", "incomplete", "look-alike", "not-sold", "unread").
        evidence: the ink, one piece a line.
    """

    text: str
    drug_text: str
    drug: DrugCandidate | None
    alternatives: tuple[DrugCandidate, ...] = ()
    strength: str | None = None
    form: str | None = None
    posologies: tuple[Posology, ...] = ()
    action: Action | None = None
    renewals: int | None = None
    not_substitutable: bool = False
    confidence: float = 0.0
    doubts: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A span that means something.

    Attributes:
        kind: allergy, vital, problem or drug.
        text: the surface, as read.
        value: normal form ("130/80", "amoxicilline"); None = the surface says it all.
        unit: of `value` ("mmHg"); None = has none.
        assertion: in which sense.
        drug: for drugs and allergies, the formulary's entry if one fits.
        evidence: the ink.
    """

    kind: MentionKind
    text: str
    value: str | None = None
    unit: str | None = None
    assertion: Assertion = Assertion.AFFIRMED
    drug: Drug | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Understanding:
    """All that a page was understood to say.

    Attributes:
        kind: what the page is.
        written_on: the date that the doctor wrote; None = none, or not legible. Never today's.
        prescriber: "Dr ..." as the doctors' list has it where it fits, else as read; None = not said.
        traits: who the patient may be.
        items: prescribed items in the order of the page.
        mentions: everything else that means something.
        rules: version of the grammar and tables that said so.
        written_on_ink, prescriber_ink: where the page says so; empty = it does not.
    """

    kind: PageKind
    written_on: date | None
    prescriber: str | None
    traits: Traits
    items: tuple[PrescriptionLine, ...] = ()
    mentions: tuple[Mention, ...] = ()
    rules: str = ""
    written_on_ink: tuple[Evidence, ...] = ()
    prescriber_ink: tuple[Evidence, ...] = ()
