"""Whom a page that asks is compared with: one likely person whom the page itself says, or nobody."""

import pytest

from pipeline.domain.identity import MatchAnswer, PatientCandidate, PatientMatch


def candidate(probability, *reasons, by_prior=False):
    return PatientCandidate("P1", probability, reasons, by_prior)


@pytest.mark.parametrize(
    ("answer", "first", "supposed"),
    [
        (MatchAnswer.ASK, candidate(0.94, "names.exact"), "P1"),
        (MatchAnswer.ASK, candidate(0.85, "names.exact"), None),
        (MatchAnswer.ASK, candidate(0.94, "names.exact", "homonym"), None),
        (MatchAnswer.ASK, candidate(0.94, "names.exact", "record.substances", "homonym"), "P1"),
        (MatchAnswer.ASK, candidate(0.94, "names.exact", by_prior=True), None),
        (MatchAnswer.NONE, candidate(0.94), None),
        (MatchAnswer.MATCH, candidate(0.99), None),
    ],
)
def test_a_likely_person_is_supposed_unless_a_namesake_may_be_meant(answer, first, supposed):
    assert PatientMatch(answer, (first,)).supposed_id == supposed


def test_nobody_is_supposed_where_nobody_was_found():
    assert PatientMatch(MatchAnswer.ASK).supposed_id is None
