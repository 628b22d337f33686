"""A language model of a few sentences, made as the real one is."""

import hashlib

from models.language import ngrams
from pipeline.reading.language import START, Language

ALPHABET = START + " 0abcdeghijlmnopqrstuxyé"
SENTENCES = ("un cp le matin", "un cp le soir", "cinq sachets par jour", "pas de cp", "deux cps", "x 0 mois")

MANIFEST = """
name = "tiny"
version = "1"
[weights]
file = "tiny.ngrams"
sha256 = "{sha256}"
[dials]
weight = {weight}
bonus = {bonus}
bound = {bound}
name_bound = {bound}
width = {width}
sure = {sure}
sure_space = {sure_space}
digit = 0.05
"""

DIALS = {"weight": 0.8, "bonus": 0.6, "bound": 8.0, "width": 12, "sure": 0.99, "sure_space": 0.95}


def model(sentences=SENTENCES, alphabet=ALPHABET, *, order=4, least=None):
    counts = ngrams.count([(START + text + START, 1.0) for text in sentences], order)
    return ngrams.smoothed(ngrams.pruned(counts, least or {}), counts, alphabet)


def written(folder, *, sentences=SENTENCES, alphabet=ALPHABET, data=None, **dials):
    if data is None:
        data = ngrams.written(*model(sentences, alphabet), alphabet)
    folder.mkdir(exist_ok=True)
    (folder / "tiny.ngrams").write_bytes(data)
    told = MANIFEST.format(sha256=hashlib.sha256(data).hexdigest(), **{**DIALS, **dials})
    (folder / "manifest.toml").write_text(told, "utf-8")
    return folder


def language(folder, **given):
    return Language(written(folder, **given))
