"""One flow a batch, one task a chunk of pages."""

from __future__ import annotations

from collections.abc import Sequence

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ThreadPoolTaskRunner

from pipeline.operations.work import Desk
from pipeline.wiring import House


@task(name="pages", cache_policy=NO_CACHE, persist_result=False, log_prints=False)
def read_chunk(desk: Desk, page_ids: Sequence[str]) -> dict[str, int]:
    """Read and settle pages that this process claimed; return counts and nothing else."""
    pages = [page for page_id in page_ids if (page := desk.store.papers.page(page_id)) is not None]
    return dict(desk.work(pages))


@flow(name="batch", task_runner=ThreadPoolTaskRunner(max_workers=2), persist_result=False, log_prints=False)  # type: ignore[arg-type]
def process_batch(batch_id: str | None = None) -> dict[str, int]:
    """Work through the pending pages of one batch, or of all; what died before is picked up first."""
    house = House.open()
    desk = house.desk()
    desk.reconcile()
    totals: dict[str, int] = {}
    try:
        while chunk := desk.claim(batch_id):
            for name, count in read_chunk(desk, [page.id for page in chunk]).items():
                totals[name] = totals.get(name, 0) + count
    finally:
        desk.pool.close()
        house.close()
    return totals
