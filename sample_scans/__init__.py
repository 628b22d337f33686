"""A day of invented paper, and how it was drawn."""
