"""What the road makes of one page, whole: the value that storage keeps and predictions come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.domain.identity import PatientMatch
from pipeline.domain.meaning import Understanding
from pipeline.domain.paper import Layout, Page
from pipeline.domain.review import Proposal
from pipeline.domain.writing import Transcript


@dataclass(frozen=True, slots=True)
class PageOutcome:
    """One page at the end of the road.

    Attributes:
        duplicate_of: id of the page that shows the same sheet and came first; None = none does.
        seconds: CPU seconds by stage ("image", "reading", "understanding", "matching", "proposing").
    """

    page: Page
    layout: Layout
    transcript: Transcript
    understanding: Understanding
    match: PatientMatch
    proposals: tuple[Proposal, ...] = ()
    duplicate_of: str | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
