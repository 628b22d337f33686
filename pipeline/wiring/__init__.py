"""The composition root: settings become real things; the only room that names concrete readers and stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.wiring.house import House
    from pipeline.wiring.readers import make_readers

__all__ = ["House", "make_readers"]


def __getattr__(name: str) -> Any:
    """Import what is asked for, and no more: a reading process needs no database."""
    if name == "House":
        from pipeline.wiring.house import House

        return House
    if name == "make_readers":
        from pipeline.wiring.readers import make_readers

        return make_readers
    raise AttributeError(name)
