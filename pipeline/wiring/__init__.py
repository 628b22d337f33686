"""The composition root: settings become real things; the only room that names concrete readers and stores."""

from pipeline.wiring.house import House
from pipeline.wiring.readers import make_readers

__all__ = ["House", "make_readers"]
