"""Trained artefacts, their cards, and the code that trains and measures them."""
