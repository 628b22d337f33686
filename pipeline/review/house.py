"""What the review page needs from the house that it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.domain.drug import Drug
    from pipeline.domain.errors import Failure
    from pipeline.domain.meaning import Posology
    from pipeline.domain.paper import Batch
    from pipeline.domain.review import Proposal
    from pipeline.storage.store import Store


class Rules(Protocol):
    """The settings that the review page follows; `pipeline.settings.Settings` satisfies it."""

    @property
    def session_hours(self) -> float:
        """A log-in ends after so many hours."""
        ...

    @property
    def max_upload_mb(self) -> int:
        """Most that one upload may bring, all files together, MB."""
        ...

    @property
    def review_https(self) -> bool:
        """Served behind HTTPS: cookies are marked Secure."""
        ...

    @property
    def outage_from(self) -> date | None:
        """First day of the outage; None = not set."""
        ...

    @property
    def outage_to(self) -> date | None:
        """Last day of the outage; None = not set."""
        ...


class Receipt(Protocol):
    """What became of an upload; `pipeline.operations.receive.Receipt` satisfies it."""

    @property
    def batch(self) -> Batch:
        """The delivery."""
        ...

    @property
    def files(self) -> int:
        """How many files came."""
        ...

    @property
    def known(self) -> tuple[str, ...]:
        """Names of files whose bytes had come before."""
        ...

    @property
    def pages(self) -> int:
        """How many pages the new files have."""
        ...

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What could not be taken in."""
        ...


class Retried(Protocol):
    """What reading again came to; `pipeline.operations.retry.Retried` satisfies it."""

    @property
    def pages(self) -> tuple[str, ...]:
        """Ids of the pages that are pending now."""
        ...

    @property
    def still(self) -> tuple[Failure, ...]:
        """Failures that stay."""
        ...


class House(Protocol):
    """Everything outside that a screen shows or a click changes."""

    @property
    def settings(self) -> Rules:
        """The settings."""
        ...

    @property
    def store(self) -> Store:
        """The database."""
        ...

    def now(self) -> datetime:
        """UTC."""
        ...

    def page_image(self, page_id: str) -> NDArray[np.uint8]:
        """Return a page's pixels as delivered, gray (h, w) or RGB (h, w, 3).

        Raises:
            KeyError: no such page.
            BadScan: it cannot be decoded.
        """
        ...

    def scan_bytes(self, sha256: str) -> bytes:
        """Return a scan as it was received."""
        ...

    def propose_again(
        self, page_id: str, patient_id: str | None, *, absent: bool = False
    ) -> tuple[Proposal, ...]:
        """Build a page's proposals for the patient that a person named; absent = not in the registry.

        Raises:
            KeyError: no such page, or it was not read yet.
        """
        ...

    def parse_posology(self, text: str) -> tuple[Posology, ...]:
        """Understand a posology that a person typed; empty = nothing understood."""
        ...

    def render(self, posologies: Sequence[Posology], language: str = "fr") -> str:
        """Say posologies as a sentence; the French one is what the record gets."""
        ...

    def drug_names(self, prefix: str) -> Sequence[str]:
        """Return names in the formulary that start so, case and accents aside, at most 20."""
        ...

    def strengths_of(
        self, substance: str, form: str | None = None, brand: str | None = None
    ) -> tuple[str, ...]:
        """Return the marketed strengths of a substance, or of one of its brands."""
        ...

    def find_drug(self, name: str) -> Drug | None:
        """Return the formulary's entry for a name typed in full."""
        ...

    def receive(
        self, files: Sequence[tuple[str, BinaryIO]], sender: str, declared_sheets: int | None
    ) -> Receipt:
        """Take uploaded files, (name, opened at its start), in as one batch."""
        ...

    def retry(
        self,
        by: str,
        *,
        batch_id: str | None = None,
        page_id: str | None = None,
        scan_sha256: str | None = None,
    ) -> Retried:
        """Have what failed read again: all of it, or a batch's, a page's or a file's.

        Raises:
            KeyError: no such page.
        """
        ...
