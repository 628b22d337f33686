"""The child of `reprise serve` that runs the nightly flow when its time comes."""

from __future__ import annotations

from pipeline.settings import Settings


def main() -> None:
    """Serve the nightly deployment until stopped; 02:30 jumps at the spring change, 03:00 never does."""
    from prefect.schedules import Cron

    from flows.nightly import nightly

    nightly.serve(
        name="night",
        schedule=Cron(Settings().night_cron, timezone="Europe/Paris"),
        limit=1,
        pause_on_shutdown=False,
        print_starting_message=False,
    )


if __name__ == "__main__":
    main()
