"""Nouns to JSON text and back, without loss."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, TypeAdapter

T = TypeVar("T")

_CONFIG = ConfigDict(
    ser_json_bytes="base64",
    val_json_bytes="base64",
    ser_json_inf_nan="strings",
    hide_input_in_errors=True,
)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    # A noun's own adapter takes no configuration; inside a tuple of one it inherits the tuple's.
    return TypeAdapter(tuple[kind], config=_CONFIG)


def to_json(noun: Any, kind: Any = None) -> str:
    """Return a noun as JSON text: decimals and dates as strings, bytes in base64.

    Args:
        noun: a dataclass of `pipeline.domain`, or a container.
        kind: what it is; needed for containers only.
    """
    return _adapter(kind or noun.__class__).dump_json((noun,)).decode()


def from_json(kind: type[T], text: str | bytes) -> T:
    """Return the noun that `to_json` wrote.

    Raises:
        ValueError: the text is not such a noun; the message is pydantic's without the input.
    """
    return cast(T, _adapter(cast(Any, kind)).validate_json(text)[0])


def to_blob(noun: Any) -> bytes:
    """Return a large noun as zlib-compressed JSON."""
    return zlib.compress(to_json(noun).encode(), level=6)


def from_blob(kind: type[T], blob: bytes) -> T:
    """Return the noun that `to_blob` wrote."""
    return from_json(kind, zlib.decompress(blob))


def counts_to_json(counts: Mapping[str, int]) -> str:
    """Return named numbers as JSON text."""
    return to_json(dict(counts), dict[str, int])
