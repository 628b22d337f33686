"""What several verbs do: find files, take them in, work through what is pending, say where things stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from pipeline.cli.screen import bar, say, table
from pipeline.domain.errors import UsageError
from pipeline.operations.receive import Receipt
from pipeline.wiring import House


def scans_in(places: Sequence[Path]) -> list[Path]:
    """Return the files to take in.

    Raises:
        UsageError: a place does not exist, or there is nothing in it.
    """
    from pipeline.intake.folder import scan_paths

    for place in places:
        if not place.exists():
            raise UsageError(f"{place.name}: no such file or folder")
    paths = [path for place in places for path in scan_paths(place)]
    if not paths:
        raise UsageError("there are no files to take in")
    return paths


def take_in(house: House, paths: Sequence[Path], *, sender: str, declared: int | None = None) -> Receipt:
    """Take files in with a bar, and say what came."""
    with bar("intake", len(paths)) as step:
        receipt = house.receive_paths(paths, sender=sender, declared_sheets=declared, progress=step)
    say(f"batch {receipt.batch.id}: {receipt.files} files, {receipt.pages} new pages")
    for name in receipt.known:
        say(f"  {name}: déjà reçu / these very bytes came before")
    for failure in receipt.failures:
        where = f", page {failure.page_number}" if failure.page_number else ""
        say(f"  {failure.name}{where}: {failure.message} / {failure.message_en}")
    return receipt


def work_through(house: House, batch_id: str | None = None, *, workers: int | None = None) -> Counter[str]:
    """Read all that is pending, with a bar; what a killed run left behind comes first."""
    desk = house.desk(workers=workers)
    desk.reconcile()
    try:
        with bar("pages", house.store.papers.pending(batch_id)) as step:
            return desk.work_all(batch_id, progress=step)
    finally:
        desk.give_back()
        desk.pool.close()


@contextmanager
def watching(house: House, batch_id: str | None) -> Iterator[None]:
    """Show how far pages are while something else works through them."""
    total = house.store.papers.pending(batch_id)
    over = Event()

    def look(step: Callable[[], None]) -> None:
        shown = 0
        while not over.wait(0.5):
            done = total - house.store.papers.pending(batch_id)
            while shown < done:
                step()
                shown += 1

    with bar("pages", total) as step:
        watcher = Thread(target=look, args=(step,), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()


def show_status(house: House) -> None:
    """Print the queue's summary."""
    table("Reprise", house.store.papers.counts())
