"""Who a paper is about: the registry's people, the traits on a page, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.domain.writing import Evidence

SUPPOSED_FROM = 0.9
"""Probability from which a page that asks is compared with the record of its first candidate."""


class MatchAnswer(StrEnum):
    """The three answers to "whose paper is it?"."""

    MATCH = "match"
    ASK = "ask"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Patient:
    """One person in the registry, as imported; paper never creates or changes one.

    Attributes:
        patient_id: the practice software's own key.
        family_name: usage name.
        birth_name: None = not known.
        given_names: all, blank separated, first one first.
        used_given_name: the one used every day, where it is not the first; None = not known.
        sex: "F", "M"; None = not known.
        birth_date: None = not known.
        birth_place_insee: INSEE code; `birth_place` its name.
        ins: matricule INS without key, 13 or 15 digits as imported.
        ins_oid: the authority that gave it (NIR or NIA); None = not known.
        phone: as imported, the only one or the first; `mobile` a second, mobile number.
        address: street and number; `postal_code` and `city` apart, the city as imported.
        treating_doctor: "Dr ...".
    """

    patient_id: str
    family_name: str
    birth_name: str | None = None
    given_names: str = ""
    sex: str | None = None
    birth_date: date | None = None
    birth_place_insee: str | None = None
    ins: str | None = None
    phone: str | None = None
    address: str | None = None
    city: str | None = None
    treating_doctor: str | None = None
    postal_code: str | None = None
    birth_place: str | None = None
    used_given_name: str | None = None
    ins_oid: str | None = None
    mobile: str | None = None


@dataclass(frozen=True, slots=True)
class Doctor:
    """A prescriber of the practice: name ("Dr ..."), RPPS number (11 digits, Luhn), speciality."""

    name: str
    rpps: str
    speciality: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    """A line of the agenda: who, with whom, when (local time).

    Attributes:
        reason: None = not said.
        cancelled: the agenda says that it does not take place: cancelled, moved away, patient absent.
    """

    patient_id: str
    doctor: str
    start: datetime
    reason: str | None = None
    cancelled: bool = False


CODE = -1
"""The line order of a trait's evidence that is a decoded code, no line of ink."""


@dataclass(frozen=True, slots=True)
class TraitMark:
    """One trait and the ink that it stands on.

    Attributes:
        trait: the field of `Traits` that it fills ("birth_date"); several where words are apart.
        evidence: its piece of the page, the box as narrow as the trait; `CODE` as line where a code says it.
    """

    trait: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Traits:
    """What a page says of its patient. None = the page does not say.

    Attributes:
        text: the identity line or lines as read.
        names: the words that may be names, in order, titles and ages removed.
        title: "Mme", "M.", "Enfant" ... as written.
        sex: "F" or "M", where the title tells.
        birth_date: complete.
        birth_year: where only the year stands.
        age: years, on the day of writing; `age_months` for infants.
        ins: digits of an INS or NIR.
        phone: digits.
        birth_name: the name that the page itself calls so ("née MARTIN"); it stands in `names` as well.
        birth_place_insee: INSEE code of the birth place, from an identity code.
        address: street and number; `postal_code` five digits, `city` without it.
        contradicted: a label and the handwriting, or two lines, name two different people: somebody looks.
        by_code: names, birth date and INS come from a decoded INS DataMatrix, letter by letter sure.
        evidence: the ink of the identity line or lines.
        marks: every trait with its own piece of ink.
        written_names: where a code gives the names, those that stand written beside it, often the usage name.
    """

    text: str = ""
    names: tuple[str, ...] = ()
    title: str | None = None
    sex: str | None = None
    birth_date: date | None = None
    birth_year: int | None = None
    age: int | None = None
    age_months: int | None = None
    ins: str | None = None
    phone: str | None = None
    birth_name: str | None = None
    birth_place_insee: str | None = None
    address: str | None = None
    postal_code: str | None = None
    city: str | None = None
    contradicted: bool = False
    by_code: bool = False
    evidence: tuple[Evidence, ...] = ()
    marks: tuple[TraitMark, ...] = ()
    written_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientCandidate:
    """Somebody whom the page may be about.

    Attributes:
        patient_id: the registry's key.
        probability: 0-1.
        reasons: trait by trait, as keys that the screens put into words ("names.exact").
        bits: what each reason is worth, log2 of how much likelier it makes this person; as long as
            `reasons`, or empty where a person or an older version answered.
        by_prior: the agenda or the record, not the ink, put this one first.
    """

    patient_id: str
    probability: float
    reasons: tuple[str, ...] = ()
    by_prior: bool = False
    bits: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientMatch:
    """The answer for one page, with all who were considered, likeliest first."""

    answer: MatchAnswer
    candidates: tuple[PatientCandidate, ...] = ()

    @property
    def best(self) -> PatientCandidate | None:
        """The likeliest candidate, whatever the answer is."""
        return self.candidates[0] if self.candidates else None

    @property
    def supposed_id(self) -> str | None:
        """The one person whom a page that asks is likely about: compared with, never written to.

        Nobody where the agenda alone chose, nor among namesakes, unless the page's drugs are on that record.
        """
        best = self.best
        if best is None or self.answer is not MatchAnswer.ASK or best.by_prior:
            return None
        is_one = "homonym" not in best.reasons or "record.substances" in best.reasons
        return best.patient_id if is_one and best.probability >= SUPPOSED_FROM else None

    @property
    def patient_id(self) -> str | None:
        """The patient where the answer is match, else None."""
        best = self.best
        return best.patient_id if best and self.answer is MatchAnswer.MATCH else None
