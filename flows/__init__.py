"""The flows: tables of contents over the road. No medicine in here."""
