"""What the invented practice's sheets carry besides writing: crossed-out words, a signature, a stamp."""

from dataclasses import replace

from pipeline.domain.geometry import Quad
from pipeline.domain.paper import Line, Stroke, Struck
from pipeline.domain.writing import Reading, ReadLine, Transcript


def marked(transcript: Transcript) -> Transcript:
    """Cross a word out of two lines, perhaps, and put a signature and a stamp under the last one."""
    lines = list(transcript.lines)
    for place, struck in ((4, Struck(0.45, 0.6, True)), (5, Struck(0.3, 0.5, False))):
        lines[place] = replace(lines[place], line=replace(lines[place].line, struck=(struck,)))
    page_id = lines[0].line.page_id
    for stroke, left, text in ((Stroke.SIGNATURE, 700, ""), (Stroke.STAMP, 820, "RPPS 10990000012")):
        quad = Quad((left, 1300), (left + 300, 1300), (left + 300, 1400), (left, 1400))
        places = tuple((0.0, 1.0) for _ in text)
        lines.append(ReadLine(Line(page_id, len(lines), quad, stroke), Reading(text, 0.8, "essai 1", places)))
    return Transcript(tuple(lines))
