"""One flow a batch, one task a chunk of pages."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner

from pipeline.wiring import House

CHUNKS_AT_ONCE = 1  # pages are settled in their order: a second sheet follows one that is already stored


@task(name="pages", cache_policy=NO_CACHE, persist_result=False, log_prints=False)
def read_chunk(work: Callable[[Sequence[str]], dict[str, int]], page_ids: Sequence[str]) -> dict[str, int]:
    """Read and settle pages that this process claimed; ids in, counts out, nothing else."""
    return work(page_ids)


@flow(
    name="batch",
    task_runner=ThreadPoolTaskRunner(max_workers=CHUNKS_AT_ONCE),  # type: ignore[arg-type]
    persist_result=False,
    log_prints=False,
)
def process_batch(batch_id: str | None = None) -> dict[str, int]:
    """Work through the pending pages of one batch, or of all; what died before is picked up first."""
    house = House.open()
    desk = house.desk()
    desk.reconcile()
    totals: Counter[str] = Counter()
    running: deque[PrefectFuture[dict[str, int]]] = deque()
    try:
        while chunk := desk.claim(batch_id):
            running.append(read_chunk.submit(desk.work_ids, [page.id for page in chunk]))
            if len(running) == CHUNKS_AT_ONCE:
                totals.update(running.popleft().result())
        while running:
            totals.update(running.popleft().result())
    finally:
        desk.give_back()
        desk.pool.close()
        house.close()
    return dict(totals)
