"""Whether the texts of a row are those of its recorded scene, and whether the answers, read back, are its values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pgt_dsl.dataset.formats.reading import Holds, Row
from pgt_dsl.dataset.record import LETTERS, SUFFIXES, before_answer, turns, written_asks
from pgt_dsl.dataset.sample import Turn
from pgt_dsl.scene.coordinates import UNIT, CoordinateProfile
from pgt_dsl.scene.options import labels_of
from pgt_dsl.scene.parse_answer import parse_answer
from pgt_dsl.scene.scene import Answered, Scene
from pgt_dsl.scoring.score import score
from pgt_dsl.verify.faults import short

Finding = tuple[str, str, str, str]
CONTINUOUS = ("quantity", "point", "points", "box", "boxes")
LETTER, PLACED = "letter", "placed"
"""Answers as formats have them that keep options or places apart, beside the styles of builds."""
EVERYTHING = Holds()
DEEPEST = 12  # levels of a difference that are gone down
MOST = 3  # differences of one value that are told


def text_findings(
    row: Row, scene: Scene, styles: Mapping[str, float], suffix: str, holds: Holds,
    ends: Mapping[str, str] = SUFFIXES, coordinates: CoordinateProfile = UNIT,
) -> Iterator[Finding]:  # fmt: skip
    """What is wrong with the turns, columns, placeholders and names of a row, against its scene and what its format
    keeps of it. ``suffix`` is that of image files, ``ends`` are what is said after a question, by style,
    ``coordinates`` what places are given in."""
    asks = written_asks(scene, coordinates)
    said = _expected(scene, asks, styles, holds, ends, coordinates)
    yield from _read_back(scene, asks, coordinates)
    if len(said) != len(row.turns):
        yield "texts", "the number of questions", str(len(said)), str(len(row.turns))
    left = list(row.places)
    for number, (turn, (question, answer)) in enumerate(zip(said, row.turns, strict=False), 1):
        if question != turn.question:
            yield "texts", f"question {number}", short(turn.question), short(question)
        if answer != turn.answer:
            yield "texts", f"the answer to question {number}", short(turn.answer), short(answer)
        beside = row.options[number - 1] if number <= len(row.options) else ()
        ask = scene.asks[turn.ask]
        if turn.style == PLACED:
            places = _places(ask)
            found, left = left[: len(places)], left[len(places) :]
            yield from _place_findings(places, found, number)
        else:
            yield from style_findings(asks[turn.ask], turn.style, question, answer, number, beside, holds,
                                      scene.language)  # fmt: skip
        if not holds.styles:
            wanted = tuple(holds.written(text) for text in ask.options) if turn.style == LETTER else ()
            if beside != wanted:
                yield "texts", f"the options of question {number}", short(wanted), short(beside)
    yield from _each_findings(row, scene, said)
    if left:
        yield "texts", "the number of places", str(len(row.places) - len(left)), str(len(row.places))
    pictures = len(scene.cuts) or 1
    if row.placeholders is not None and row.placeholders != pictures:
        yield "texts", "the number of `<image>` in the first question", str(pictures), str(row.placeholders)
    yield from _name_findings(row, pictures, suffix, holds)
    if not said:
        return
    first = scene.asks[said[0].ask]
    columns: dict[str, Any] = {
        "task": scene.task,
        "group": scene.twin_of,
        "question": said[0].question,
        "answer": said[0].answer,
        "style": said[0].style,
        "language": scene.language,
        "options": list(first.options),
        "correct": -1 if first.correct is None else first.correct,
    }
    for name, value in row.columns.items():
        if name in columns and (value != columns[name] or type(value) is not type(columns[name])):
            yield "texts", f"the column `{name}`", short(columns[name]), short(value)


def _each_findings(row: Row, scene: Scene, said: Sequence[Turn]) -> Iterator[Finding]:
    """Where a format has columns for each question: whether they are those of the recorded scene."""
    for number, (turn, columns) in enumerate(zip(said, row.each, strict=False), 1):
        ask = scene.asks[turn.ask]
        wanted = {
            "id": row.id if len(scene.asks) == 1 else f"{row.id}/{turn.ask}",
            "ask": turn.ask,
            "style": turn.style,
            "options": list(ask.options),
        }
        for name, value in columns.items():
            if name in wanted and (value != wanted[name] or type(value) is not type(wanted[name])):
                yield "texts", f"the column `{name}` of question {number}", short(wanted[name]), short(value)


def _read_back(scene: Scene, asks: Sequence[Answered], coordinates: CoordinateProfile) -> Iterator[Finding]:
    """Whether places, as a model is to say them, are read as the answer."""
    if coordinates.as_told:
        return
    for number, (ask, written) in enumerate(zip(scene.asks, asks, strict=True)):
        if ask.form in ("point", "points", "box", "boxes") and ask.value:
            found = score(scene, written.text, ask=number, style="short", coordinates=coordinates, ordered=True)
            if not found.right:
                yield "answers", f"the answer to question {number + 1} (`{short(written.text)}`), read back", \
                    short(ask.value), short(found.parsed)  # fmt: skip


def _expected(
    scene: Scene, asks: Sequence[Answered], styles: Mapping[str, float], holds: Holds, ends: Mapping[str, str],
    coordinates: CoordinateProfile,
) -> Sequence[Turn]:  # fmt: skip
    """The turns that a format should have."""
    if not holds.styles:
        return [_plain(ask, number, holds) for number, ask in enumerate(asks)]
    said = turns(scene, styles, ends, coordinates)
    if not holds.place or scene.cuts:
        return said
    counts = [len(_places(scene.asks[turn.ask])) if turn.style == "short" else 0 for turn in said]
    return [
        replace(turn, answer=", ".join([holds.place] * count), style=PLACED) if count else turn
        for turn, count in zip(said, counts, strict=True)
    ]


def _plain(ask: Answered, number: int, holds: Holds) -> Turn:
    """A question as it was asked, with the letter of the right option or the short answer."""
    if ask.correct is not None and labels_of(ask.options)[:1] == ("A",):
        return Turn(ask.question, LETTERS[ask.correct], LETTER, number)
    return Turn(ask.question, holds.written(ask.text), "short", number)


def _places(ask: Answered) -> list[list[float]]:
    """The points and boxes of an answer, px; none of other answers."""
    if ask.form not in ("point", "points", "box", "boxes"):
        return []
    return [[float(value) for value in place] for place in (ask.value if ask.form.endswith("s") else [ask.value])]


def _place_findings(wanted: list[list[float]], found: Sequence[Sequence[float]], number: int) -> Iterator[Finding]:
    """Places are written in hundredths of a px."""
    near = len(found) == len(wanted) and all(
        len(one) == len(two) and all(abs(a - b) <= 0.005 + 1e-9 * abs(b) for a, b in zip(one, two, strict=True))
        for one, two in zip(found, wanted, strict=True)
    )
    if not near:
        yield "answers", f"the places of the answer to question {number}", short(wanted), short([*map(list, found)])


def _name_findings(row: Row, pictures: int, suffix: str, holds: Holds) -> Iterator[Finding]:
    if holds.names:
        names = [row.id + suffix] if pictures == 1 else [f"{row.id}-{k}{suffix}" for k in range(pictures)]
        if list(row.names) != names:
            yield "texts", "the names of the images", short(", ".join(names)), short(", ".join(row.names))
        return
    for name in row.names:
        if not name.endswith(suffix):
            yield "texts", "the name of an image", f"a name that ends in {suffix}", short(name)


def style_findings(
    ask: Answered, style: str, question: str, answer: str, number: int, beside: Sequence[str] = (),
    holds: Holds = EVERYTHING, language: str = "en",
) -> Iterator[Finding]:  # fmt: skip
    """Whether an answer says what its style has to say: read off the style's own rule, not made by it. ``beside``: the
    options that stand beside the question."""
    what = f"the answer to question {number} in the style `{style}`"
    if style in ("options", LETTER):
        labels = labels_of(ask.options)
        lines = f"\n{question}\n" if style == "options" else "".join(
            f"\n{label}. {text}\n" for label, text in zip(labels, beside, strict=False))  # fmt: skip
        option = dict(zip(labels, ask.options, strict=False)).get(answer)
        if option != ask.text or f"\n{answer}. {holds.written(ask.text)}\n" not in lines:
            kind = "number" if labels[:1] == ("1",) else "letter"
            yield "answers", what, f"the {kind} of `{short(ask.text)}`", short(answer)
    elif style == "reasoned":
        mark = before_answer(language)
        if answer.rpartition(f"\n{mark}")[2] != ask.text:
            yield "answers", what, f"… {mark}{short(ask.text)}", short(answer)
    elif style == "short" and answer != holds.written(ask.text):
        yield "answers", what, short(ask.text), short(answer)


def answer_findings(scene: Scene, colors: Mapping[str, str]) -> Iterator[Finding]:
    """Whether each answer of a scene comes back from its text, quantities as precisely as they are written."""
    for number, ask in enumerate(scene.asks, 1):
        known = Answered(**{**_fields(ask), "wrong": (), "options": ()}) if ask.form not in CONTINUOUS else ask
        found = parse_answer(ask.text, known, scene, colors)
        if not _means(found, ask, scene):
            yield "answers", f"the answer to question {number} (`{short(ask.text)}`), read back", short(ask.value), \
                short(found)  # fmt: skip


def _fields(ask: Answered) -> dict[str, Any]:
    return {name: getattr(ask, name) for name in Answered.__dataclass_fields__}


def _means(found: Any, ask: Answered, scene: Scene) -> bool:
    if ask.form not in CONTINUOUS:
        return bool(found == ask.value)
    one, other = _flat(found), _flat(ask.value)
    if len(one) != len(other):
        return False
    # coordinates are written in thousandths of a side at the finest; a quantity in a twentieth of its tolerance
    side = max(scene.width, scene.height)
    slack = (ask.within or 0.0) / 2 + (1e-6 if ask.form == "quantity" else side * 0.0051)
    return all(abs(a - b) <= slack + 1e-6 * abs(b) for a, b in zip(one, other, strict=True))


def _flat(value: Any) -> list[float]:
    if isinstance(value, list | tuple):
        return [number for item in value for number in _flat(item)]
    return [float(value)] if isinstance(value, int | float) else []


def differences(expected: Any, found: Any, path: str = "", deep: int = 0) -> list[Finding]:
    """The first places where two JSON values differ, as ``(path, "", expected, found)``."""
    if expected == found and type(expected) is type(found):
        return []
    if deep < DEEPEST and isinstance(expected, dict) and isinstance(found, dict):
        pairs: Sequence[tuple[str, Any, Any]] = [
            (f"{path}.{key}" if path else str(key), expected.get(key), found.get(key))
            for key in [*expected, *(k for k in found if k not in expected)]
        ]
    elif deep < DEEPEST and isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = [(f"{path}[{k}]", a, b) for k, (a, b) in enumerate(zip(expected, found, strict=True))]
    else:
        return [
            (path, "", short(json.dumps(expected, ensure_ascii=False)), short(json.dumps(found, ensure_ascii=False)))
        ]
    told: list[Finding] = []
    for name, a, b in pairs:
        told += differences(a, b, name, deep + 1)
        if len(told) >= MOST:
            break
    return told[:MOST]
