"""Reprise: bring an outage's paper back into the record."""

__version__ = "0.1.0"
