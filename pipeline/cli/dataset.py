"""Predict a dataset folder: the same road as any delivery, in a database that is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.cli.registry import import_file
from pipeline.cli.work import scans_in, take_in, work_through
from pipeline.domain.errors import UsageError
from pipeline.export.contract import failed_page_object, page_object
from pipeline.settings import Settings
from pipeline.wiring import House

REGISTRY_FILES = ("patients.csv", "appointments.csv", "doctors.csv", "records.json")


def import_dataset(house: House, dataset: Path) -> None:
    """Import a dataset's registry files, those that are there.

    Raises:
        UsageError: it has no scans.
    """
    if not (dataset / "scans").is_dir():
        raise UsageError(f"{dataset.name} has no folder scans/")
    for name in REGISTRY_FILES:
        if (dataset / name).is_file():
            import_file(house, dataset / name)


def predictions(dataset: Path, *, workers: int) -> Iterator[dict[str, Any]]:
    """Yield one object for every delivered page, failed ones too, in the order of files and pages."""
    with TemporaryDirectory(prefix="reprise-predict-") as folder:
        ours = Settings()
        house = House(
            Settings(
                data_dir=Path(folder),
                database_url="",
                formulary=ours.formulary_file.absolute(),
                interactions=ours.interactions_file.absolute(),
                rules=ours.rules_file.absolute(),
            )
        )
        try:
            import_dataset(house, dataset)
            receipt = take_in(house, scans_in([dataset / "scans"]), sender="predict")
            work_through(house, workers=workers)
            yield from _objects(house, receipt.batch.id)
        finally:
            house.close()


def _objects(house: House, batch_id: str) -> Iterator[dict[str, Any]]:
    papers = house.store.papers
    failures = {(failure.scan_sha256, failure.page_number): failure for failure in papers.failures(batch_id)}
    files: dict[str, list[str]] = {}
    for sha256, name, _ in papers.deliveries(batch_id):
        files.setdefault(sha256, []).append(name)
    names = {sha256: delivered[0] for sha256, delivered in files.items()}
    for sha256, delivered in files.items():
        pages = papers.pages_of_scan(sha256)
        for name in delivered:
            for page in pages:
                outcome = papers.outcome(page.id)
                if outcome is not None:
                    yield page_object(
                        outcome, file=name, file_of=_file_of(house, names, outcome.duplicate_of)
                    )
            for (failed_sha, number), failure in failures.items():
                if failed_sha == sha256:
                    yield failed_page_object(failure, file=name, page=number or 1)


def _file_of(house: House, names: dict[str, str], page_id: str | None) -> tuple[str, int] | None:
    """Return file name and page number of a page that a duplicate repeats."""
    page = house.store.papers.page(page_id) if page_id else None
    return (names.get(page.scan_sha256, ""), page.number) if page else None
