"""Take read pages to the end of the road: whose they are, what they propose, and into the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import process_time

from rapidfuzz import fuzz

from pipeline.domain.identity import MatchAnswer, PatientCandidate, PatientMatch, Traits
from pipeline.domain.meaning import PrescriptionLine, Understanding
from pipeline.domain.outcome import PageOutcome
from pipeline.domain.paper import Page
from pipeline.domain.record import PatientRecord
from pipeline.domain.review import Proposal
from pipeline.domain.strength import same_strength
from pipeline.domain.writing import Transcript
from pipeline.image.fingerprint import SAME_SHEET, same_sheet
from pipeline.process import Matcher, PageRead, StrengthsOf, identify, propose_for
from pipeline.proposing.checks import BUILT_IN, Checks
from pipeline.storage.store import Store

# Two readings of one sheet differ; two sheets of one doctor share words. On the development pages different
# sheets reach 76 at a likeness of 0.67, and 87 at 0.56; one sheet scanned twice stays above 90 either way.
SAME_TEXT = 60.0
NEARLY_ALL_TEXT = 90.0
LEAST_LIKENESS = 0.3
SHEETS_COMPARED = 40
SURELY_NAMED = 0.8  # probability of a drug from which its line counts as another sheet's
FOLLOWING_SHEET_PROBABILITY = 0.6


@dataclass(frozen=True, slots=True)
class Settler:
    """What is needed to finish a page; values, no globals.

    Attributes:
        records: patient id -> record, as before the outage.
        formulary: its version, for provenance.
        now: clock, UTC.
        checks: the practice's rules and sources of flags.
    """

    store: Store
    matcher: Matcher
    records: Mapping[str, PatientRecord]
    strengths_of: StrengthsOf
    formulary: str
    now: Callable[[], datetime]
    checks: Checks = BUILT_IN

    def settle(self, read: PageRead) -> PageOutcome:
        """Match, compare, propose and store one page. Doing it twice changes nothing."""
        clock = process_time()
        match = self._whose(read)
        matched = process_time()
        original = self._seen_before(read)
        proposals: tuple[Proposal, ...] = ()
        if original is None:
            proposals = propose_for(
                read,
                match.patient_id,
                self.records.get(match.patient_id or match.supposed_id or ""),
                strengths_of=self.strengths_of,
                formulary=self.formulary,
                supposed_id=match.supposed_id,
                checks=self.checks,
            )
        seconds = {
            **read.seconds,
            "matching": matched - clock,
            "proposing": process_time() - matched,
        }
        outcome = PageOutcome(
            page=read.page,
            layout=read.layout,
            transcript=read.transcript,
            understanding=read.understanding,
            match=match,
            proposals=proposals,
            duplicate_of=original,
            seconds=seconds,
        )
        self.store.papers.save_outcome(outcome, now=self.now())
        return outcome

    def _whose(self, read: PageRead) -> PatientMatch:
        """Match the page; a sheet without a name asks about the patient of the sheet before it."""
        match = identify(read, matcher=self.matcher)
        if match.candidates or names_somebody(read.understanding.traits) or read.layout.blank:
            return match
        before = self._sheet_before(read.page)
        if before is None or before.match.best is None:
            return match
        first = before.match.best
        probability = min(first.probability, FOLLOWING_SHEET_PROBABILITY)
        follower = PatientCandidate(first.patient_id, probability, ("sheet.follows",), by_prior=True)
        return PatientMatch(MatchAnswer.ASK, (follower,))

    def _sheet_before(self, page: Page) -> PageOutcome | None:
        """Return the nearest page before this one in its file that is neither blank nor a duplicate."""
        for number in range(page.number - 1, 0, -1):
            outcome = self.store.papers.outcome(Page.id_of(page.scan_sha256, number))
            if outcome is None:
                return None
            if not outcome.layout.blank and outcome.duplicate_of is None:
                return outcome
        return None

    def _seen_before(self, read: PageRead) -> str | None:
        """Return the id of an earlier page that shows the same sheet."""
        if read.layout.blank or not read.transcript.lines:
            return None
        text = folded(read.transcript)
        alike = sorted(
            (
                (same_sheet(read.layout.fingerprint, fingerprint), page_id)
                for page_id, fingerprint, _ in self.store.papers.fingerprints()
                if page_id != read.page.id
            ),
            reverse=True,
        )
        for likeness, page_id in alike[:SHEETS_COMPARED]:
            if likeness < LEAST_LIKENESS:
                break
            other = self.store.papers.outcome(page_id)
            if other is None or other.duplicate_of is not None or other.layout.blank:
                continue
            if says_more(read.understanding, other.understanding):
                continue
            same_words = fuzz.ratio(text, folded(other.transcript))
            same_day = read.understanding.written_on == other.understanding.written_on
            if (likeness >= SAME_SHEET and same_words >= SAME_TEXT) or (
                same_day and same_words >= NEARLY_ALL_TEXT
            ):
                return page_id
        return None


def says_more(page: Understanding, other: Understanding) -> bool:
    """Say whether a page names a drug, or another strength of it, that the other page does not have.

    A copy proposes nothing, so a sheet taken for one would lose what only it says; a copy that reads
    differently is rather shown twice.
    """
    return any(
        item.drug is not None
        and item.drug.probability >= SURELY_NAMED
        and not any(_may_be_copied(item, line) for line in other.items)
        for item in page.items
    )


def _may_be_copied(item: PrescriptionLine, line: PrescriptionLine) -> bool:
    offered = {one.drug.substance for one in (line.drug, *line.alternatives) if one is not None}
    if item.drug is None or item.drug.drug.substance not in offered:
        return False
    return not (item.strength and line.strength) or same_strength(item.strength, line.strength)


def names_somebody(traits: Traits) -> bool:
    """Whether the page says anything of a person."""
    return replace(traits, text="", evidence=()) != Traits()


def folded(transcript: Transcript) -> str:
    """Return a page's words for comparison: lower case, single blanks."""
    return " ".join(transcript.text.casefold().split())
