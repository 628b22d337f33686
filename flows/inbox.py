"""The child of `reprise serve` that takes in what is dropped in the inbox or uploaded, within a minute."""

from __future__ import annotations

import logging
import time

from pipeline.operations.inbox import set_aside, settled_files
from pipeline.wiring import House

log = logging.getLogger(__name__)

LOOK_EVERY_S = 5.0


def look_once(house: House) -> bool:
    """Take in what has come to rest in the inbox and work through all that is pending.

    Returns:
        Whether there was anything to do.
    """
    folder = house.settings.inbox_dir
    files = settled_files(folder, now=time.time())
    if files:
        house.receive_paths(files, sender="inbox")
        set_aside(files, folder)
    if house.store.papers.pending() == 0:
        return False
    from flows.batch import process_batch  # Prefect, when there is something to do: it takes seconds

    process_batch(None)
    return True


def main() -> None:
    """Look into the inbox until stopped; what cannot be done now is tried again."""
    house = House.open()
    house.settings.inbox_dir.mkdir(parents=True, exist_ok=True)
    while True:
        try:
            look_once(house)
        except Exception as error:  # the inbox must outlive a full disk or a database that restarts
            log.error("inbox: %s", type(error).__name__)
        time.sleep(LOOK_EVERY_S)


if __name__ == "__main__":
    main()
