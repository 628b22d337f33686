"""The law of the transcript: every span maps back to the ink it was read from, character by character."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.geometry import Box, Quad
from pipeline.domain.paper import Line, Stroke
from pipeline.domain.writing import Reading, ReadLine, Span, Transcript

TEXTS = st.text(alphabet="abcé 1/2½-", max_size=20)


def transcript(texts: list[str]) -> Transcript:
    lines = []
    for order, text in enumerate(texts):
        quad = Quad.of_box(Box(10, 100 * order, 1010, 100 * order + 60))
        places = tuple((k / len(text), (k + 1) / len(text)) for k in range(len(text)))
        lines.append(ReadLine(Line("p-1", order, quad, Stroke.HAND), Reading(text, 0.5, "test", places)))
    return Transcript(tuple(lines))


@given(st.lists(TEXTS, max_size=6), st.data())
def test_a_span_maps_back_to_its_characters(texts: list[str], data: st.DataObject) -> None:
    page = transcript(texts)
    start = data.draw(st.integers(0, len(page.text)))
    end = data.draw(st.integers(start, len(page.text)))
    evidence = page.evidence(Span(start, end))
    assert "".join(piece.text for piece in evidence) == page.text[start:end].replace("\n", "")
    for piece in evidence:
        whole = page.lines[piece.line_order].line.quad.box
        assert whole.x0 <= piece.quad.box.x0 and piece.quad.box.x1 <= whole.x1
        assert (piece.quad.box.y0, piece.quad.box.y1) == (whole.y0, whole.y1)


@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
def test_a_lines_span_is_its_text(texts: list[str], data: st.DataObject) -> None:
    page = transcript(texts)
    number = data.draw(st.integers(0, len(texts) - 1))
    span = page.span_of(number)
    assert page.text[span.start : span.end] == texts[number]


@given(st.lists(TEXTS.filter(bool), min_size=1, max_size=4), st.data())
def test_neighbouring_characters_have_neighbouring_ink(texts: list[str], data: st.DataObject) -> None:
    page = transcript(texts)
    number = data.draw(st.integers(0, len(texts) - 1))
    span = page.span_of(number)
    rights = [page.evidence(Span(k, k + 1))[0].quad.top_right[0] for k in range(span.start, span.end)]
    assert rights == sorted(rights)
