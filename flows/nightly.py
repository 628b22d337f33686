"""The night run: take all that is pending, then leave a report for the morning."""

from __future__ import annotations

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.batch import process_batch
from pipeline.operations.morning import mail_counts, morning_counts
from pipeline.wiring import House


@task(name="report", cache_policy=NO_CACHE, persist_result=False)
def report(worked: dict[str, int]) -> dict[str, int]:
    """Store what waits for whom, and mail the counts where a mail server is set."""
    house = House.open()
    try:
        counts = morning_counts(house.store, worked)
        house.store.outbox.add_report("night", house.now(), counts)
        mail_counts(counts, house.mail)
        return counts
    finally:
        house.close()


@flow(name="nightly", persist_result=False, log_prints=False)
def nightly() -> dict[str, int]:
    """Everything pending, whenever it came, then the report."""
    return report(process_batch(None))
