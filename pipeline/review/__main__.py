"""`python -m pipeline.review`: serve the review page alone."""

from __future__ import annotations

import gc

import uvicorn

from pipeline.review.app import create_app
from pipeline.wiring import House


def main() -> None:
    """Serve until told to stop."""
    house = House.open()
    settings = house.settings
    app = create_app(house)
    # What was loaded to start stays: a full collection goes through all of it again, in the middle of a page.
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host=settings.review_host,
        port=settings.review_port,
        log_level="warning",
        server_header=False,
    )


if __name__ == "__main__":
    main()
