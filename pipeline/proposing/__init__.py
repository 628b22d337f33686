"""Compares what a page says with the record, and builds proposals for a doctor to decide."""
