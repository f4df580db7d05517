"""A text read as the answer to one question: by the type of the answer, the style of the question, and its options."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from pgt_dsl.scene.options import labels_of
from pgt_dsl.scene.scene import Answered
from pgt_dsl.scoring.clean import Stated, stated
from pgt_dsl.scoring.finders import Finder, finder
from pgt_dsl.scoring.letters import letters, place_of
from pgt_dsl.scoring.opposites import turned
from pgt_dsl.scoring.places_read import read_places
from pgt_dsl.scoring.statements import (
    HEDGE,
    Mention,
    Reading,
    Statement,
    choose,
    is_bare,
    nothing,
    placed,
    split,
)  # fmt: skip
from pgt_dsl.scoring.subject import Asked
from pgt_dsl.scoring.truths import restated
from pgt_dsl.scoring.vocabulary import fold

Json = Any
PLACES = ("point", "points", "box", "boxes")
LISTS = ("shapes", "values")
_SUM = re.compile(
    r"(?:=|\b(?:equals?|makes?|making|gives?|giving|totals?|total(?:l?ing)?(?: of| is)?|adds? up to|"
    r"sums? (?:is|to)))\s{0,2}"
    r"[:(]?\s{0,2}(?:the |a |about |exactly )?$",
    re.IGNORECASE,
)
_DEPENDS = re.compile(r"\b(?:it|that|answer) depends\b|\bdepending on\b|\botherwise\b", re.IGNORECASE)
_DRESSED = re.compile(
    r"^\W{0,4}(?:option\s)?([A-Za-z]|\d{1,2})\s?[).:\]-]{1,2}\s{1,3}(\S.{0,400})$", re.IGNORECASE | re.DOTALL
)
_ABSTAINS = re.compile(
    r"\b(?:can(?:not|'t)|unable to|impossible to|not possible to|no way to|not sure|don't know|do not know|"
    r"not enough information)\s{0,2}(?:\w{1,12}\s){0,2}(?:determine|tell|see|say|answer|know|identify)?\b",
    re.IGNORECASE,
)  # fmt: skip


def read(text: str, asked: Asked, strict: bool = False) -> Reading:
    """What a response says. Never raises on a text; a response that says nothing or two things has no answer.

    strict: nothing but the answer is read, bare or within a mark (tag, box, JSON, "Answer:").
    """
    ask = asked.ask
    part = stated(text)
    if part.trouble:
        return nothing(part.trouble)
    if not part.text:
        return nothing("the text is empty")
    if ask.form in PLACES:
        return read_places(part, asked, strict)
    lettered = _takes_letters(asked)
    known = _known(part.text, asked, lettered)
    if known is not None:
        return known
    find = _with_letters(finder(asked), asked) if lettered else finder(asked)
    if ask.form in LISTS:
        return _list(part, asked, find, finder(asked), strict)
    statements = [_statement(line, find.find) for line in split(part.text)]
    if strict:
        return _strictly(statements)
    return _free(statements, part, asked)


def _free(statements: Sequence[Statement], part: Stated, asked: Asked) -> Reading:
    """An answer out of prose."""
    question = asked.ask.question
    if asked.ask.form == "bool":
        if _DEPENDS.search(part.text):
            return nothing("it makes the answer depend on something")
        statements = [_told_again(s, question) for s in statements]

    def several(statement: Statement) -> Reading:
        if asked.ask.form in ("int", "quantity"):
            sums = [m for m in statement.affirmed if _SUM.search(statement.text[: m.start])]
            if sums:
                return Reading(sums[-1].value, sums[-1].said, found=True)
        other = turned(statement, asked)
        if other is not None:
            return other
        if HEDGE.search(statement.text) or re.search(r"\bor\b|/", statement.text):
            return nothing("it does not decide between several answers")
        return nothing("several answers contradict each other")

    if len(statements) > 0:
        statements = [_turned(s, asked) for s in statements]
    found = choose(statements, several, marked=part.how == "answer phrase")
    if not found.found and not any(s.mentions for s in statements):
        if _ABSTAINS.search(part.text):
            return nothing("it gives no answer but says that it cannot")
        if len(statements) == 1 and len(part.text) <= 60 and asked.ask.form in ("text", "form", "color", "shape"):
            return Reading(part.text.strip(" .!\"'"), "word", found=True)
    return found


def _turned(statement: Statement, asked: Asked) -> Statement:
    """A statement in the opposite sense of the question, as one that names the other answer."""
    other = turned(statement, asked)
    if other is None or not other.found:
        return statement
    return Statement(statement.text, [Mention(0, 1, f"turned {other.value}", other.value, other.said)], False)


def _told_again(statement: Statement, question: str) -> Statement:
    if statement.affirmed:
        return statement
    again = restated(statement.text, question)
    return statement if again is None else Statement(statement.text, [again], False)


def _statement(text: str, find: Callable[[str], Sequence[Mention]]) -> Statement:
    mentions = placed(text, find(text))
    return Statement(text, mentions, is_bare(text, mentions))


def _strictly(statements: Sequence[Statement]) -> Reading:
    if len(statements) == 1 and len(statements[0].affirmed) == 1 and statements[0].bare:
        one = statements[0].affirmed[0]
        return Reading(one.value, one.said, found=True)
    return nothing("strictly read, there is more than the bare answer, or none")


def _known(text: str, asked: Asked, lettered: bool) -> Reading | None:
    """The short answer, a wrong one or the sentence, as they stand."""
    ask = asked.ask
    said = fold(text)
    if lettered:
        if len(said) == 1 and place_of(said, labels_of(ask.options)) is not None:
            return None
        pair = _letter_and_text(text, ask)
        if pair is not None:
            return pair
    if ask.sentence and fold(ask.sentence) == said:
        return Reading(ask.value, "sentence", found=True)
    if ask.form in ("bool", "quantity", "int"):
        return None
    signs = re.sub(r"\s+", " ", text.lower().strip(" .\"'"))
    for known, value in ((ask.text, ask.value), *((w.text, w.value) for w in ask.wrong)):
        if known and (signs == known.lower() or (said and said == fold(known))):
            return Reading(
                value, "list" if ask.form in LISTS else "phrase" if ask.form == "shape" else "word", found=True
            )
    return None


def _letter_and_text(text: str, ask: Answered) -> Reading | None:
    """A letter with the whole text of an option: one answer when they belong together, none when they do not."""
    match = _DRESSED.match(text)
    place = None if match is None else place_of(match[1], labels_of(ask.options))
    if match is None or place is None:
        return None
    texts = [fold(option) for option in ask.options]
    rest = fold(match[2])
    if rest not in texts:
        return None
    if texts[place] != rest:
        return nothing("the letter and the text are of different options")
    value = {ask.text: ask.value, **{w.text: w.value for w in ask.wrong}}.get(ask.options[place])
    return None if value is None else Reading(value, "letter", found=True)


def _takes_letters(asked: Asked) -> bool:
    """Whether a letter means an option: the options were shown, or may have been and are no letters themselves."""
    options = asked.ask.options
    if not labels_of(options) or asked.style in ("short", "sentence", "reasoned"):
        return False
    return asked.style == "options" or not any(re.match(r"\s*[A-Za-z]\b", option) for option in options)


def _with_letters(plain: Finder, asked: Asked) -> Finder:
    """A finder that takes letters of options too; behind a letter, its own text is the same mention."""
    options = asked.ask.options

    def find(text: str) -> list[Mention]:
        lettered = [Mention(m.start, m.end, *plain.of_option(m.value), "letter") for m in letters(text, options)]
        if not lettered:
            return plain.find(text)
        spans = [(m.start, m.end) for m in lettered]
        rest = [m for m in plain.find(text) if not any(m.start < e and s < m.end for s, e in spans)]
        return [*lettered, *rest]

    return Finder(find, plain.of_option)


# lists --------------------------------------------------------------------------------------------


def _list(part: Stated, asked: Asked, find: Finder, items_only: Finder, strict: bool) -> Reading:
    """The items in order, of the statement that lists them; a letter stands for a whole list."""
    lines = split(part.text)
    statements = [_statement(line, find.find) for line in lines]
    options = {m.key for s in statements for m in s.affirmed if m.said == "letter"}
    if len(options) > 1 and any(len({m.key for m in s.affirmed if m.said == "letter"}) > 1 for s in statements):
        statements = [_statement(line, items_only.find) for line in lines]  # several letters are labels of items
    elif options and len(statements[0].affirmed) == 1:
        chosen = choose([Statement(s.text, [m for m in s.mentions if m.said == "letter"], s.bare) for s in statements],
                        lambda s: nothing("several answers contradict each other"),
                        part.how == "answer phrase")  # fmt: skip
        if chosen.found:
            return chosen
    if re.fullmatch(r"\W*(?:none|nothing|no \w+|there are (?:none|no \w+)|empty|\[\s*\])\W*", part.text, re.IGNORECASE):
        return Reading([], "list", found=True)
    named = [(s, [m for m in s.mentions if not m.denied and m.said != "letter"]) for s in statements]
    named = [(s, items) for s, items in named if items]
    if not named:
        return nothing("no answer was found in the text")
    if strict and len(lines) > 1:
        return nothing("strictly read, there is more than the bare answer, or none")
    long = [items for _, items in named if len(items) > 1]
    if part.how == "answer phrase" and len(named[0][1]) > 1:
        items = named[0][1]
    elif long:
        items = long[-1]
    else:
        items = [item for _, group in named for item in group]
    if any(item.value is None for item in items):
        return nothing(f"it names something that is not there: {next(i.key for i in items if i.value is None)}")
    if re.search(r"\bor\b", part.text) and len(named) == 1 and HEDGE.search(part.text):
        return nothing("it does not decide between several answers")
    return Reading([item.value for item in items], "list", found=True)
