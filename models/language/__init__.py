"""The French character model that helps the handwriting reader: how it is trained and tuned."""
