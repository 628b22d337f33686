"""Prefect's own settings: at home in our data folder, silent towards the world."""

from __future__ import annotations

import os

from pipeline.settings import Settings


def prefect_environment(settings: Settings, *, server: bool) -> dict[str, str]:
    """Return the variables that Prefect reads.

    Args:
        settings: ours.
        server: whether `reprise serve` runs the server; else Prefect starts one for the flow alone.
    """
    variables = {
        "PREFECT_HOME": str((settings.data_dir / "prefect").resolve()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "false",
        # Twenty seconds are too short on a machine that is busy reading pages.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false" if server else "true",
    }
    if server:
        variables["PREFECT_API_URL"] = f"http://127.0.0.1:{settings.prefect_port}/api"
    return variables


def use_prefect(settings: Settings, *, server: bool = False) -> None:
    """Set the variables for this process; call it before anything of Prefect is imported."""
    if not server:
        os.environ.pop("PREFECT_API_URL", None)
    os.environ.update(prefect_environment(settings, server=server))
