"""Seeded damage to texts of specs: what careless hands, editors and language models do to them."""

from __future__ import annotations

import random
import re

_TOKEN = re.compile(r'"[^"\n]*"|\w+|\s+|[^\w\s]')
PIECES = (
    "{", "}", "(", ")", "[", "]", '"', "=", "==", "~", ":", ",", "|", "..", ".", "-", "*", "/", "not", "if", "then",
    "else", "let", "pick", "shape a: figure", "ask", "answer", "clear", "even", "2 vmin", "1e9px", "1e308px", "0",
    "1000000", "-1", "50%", "#", "##", "\n", "\\", "\t", "\u00e9", "\x00", "'", "{{", "{a", "kind k(", "require",
    "because", "where", "in", "for", "index", "count(", "[n]", "some(", "all(", "argmax(", "shapes", "a", "b", "n",
)  # fmt: skip


def mutated(numbers: random.Random, text: str) -> str:
    """The text with one to four injuries: to its characters (cut, put in, copied, swapped), to its tokens (left out,
    doubled, exchanged, replaced by another of the text), or, in half of the cases only these, such that it may still
    parse: another name, number, unit or operator, a line less or twice."""
    gentle = numbers.random() < 0.5
    for _ in range(numbers.randint(1, 4)):
        how = _gently if gentle else numbers.choice([_characters, _tokens])
        text = how(numbers, text)
    return text


_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_NAME = re.compile(r"(?<![\w\"])[a-z_]\w*")
_UNIT = re.compile(r"(?<=\d)(?:px|vmin|vw|vh|deg|%)")
_SIGN = re.compile(r" (?:<=|>=|==|!=|<|>|\+|-|\*|/|and|or|except|in) ")
_WORDS = frozenset({
    "task", "use", "pick", "let", "shape", "kind", "require", "ask", "answer", "clear", "even", "wrong", "as", "say",
    "because", "expect", "within",
})  # fmt: skip


def _gently(numbers: random.Random, text: str) -> str:
    what = numbers.randrange(10)
    if what == 0:
        lines = text.split("\n")
        k = numbers.randrange(len(lines))
        lines[k : k + 1] = [] if numbers.random() < 0.5 else [lines[k], lines[k]]
        return "\n".join(lines)
    if what <= 3:
        new = ["0", "1", "2", "3", "7", "12", "30", "100", "0.5", "1000", "100000", "99999999999"]
        return _one(numbers, _NUMBER, text, new)
    if what <= 6:
        names = [name for name in _NAME.findall(text) if name not in _WORDS]
        return _one(numbers, _NAME, text, [*names, "shapes", "forms", "basic", "index", "canvas"])
    if what == 7:
        return _one(numbers, _UNIT, text, ["px", "vmin", "vw", "vh", "deg", "%", ""])
    return _one(numbers, _SIGN, text, [
        " <= ", " >= ", " == ", " != ", " < ", " + ", " - ", " * ", " / ", " and ", " or ", " except ", " in ",
    ])  # fmt: skip


def _one(numbers: random.Random, pattern: re.Pattern[str], text: str, new: list[str]) -> str:
    found = [match for match in pattern.finditer(text) if match[0] not in _WORDS]
    if not found:
        return text
    match = numbers.choice(found)
    return text[: match.start()] + numbers.choice(new) + text[match.end() :]


def _characters(numbers: random.Random, text: str) -> str:
    at = numbers.randrange(len(text) + 1)
    end = at + numbers.choice([0, 1, 1, 3, 20])
    what = numbers.random()
    if what < 0.4:
        return text[:at] + text[end:]
    if what < 0.8:
        return text[:at] + numbers.choice(PIECES) + text[end:]
    other = numbers.randrange(len(text) + 1)
    return text[:at] + text[other : other + numbers.randint(1, 60)] + text[at:]


def _tokens(numbers: random.Random, text: str) -> str:
    tokens = _TOKEN.findall(text)
    solid = [k for k, token in enumerate(tokens) if not token.isspace()]
    if len(solid) < 2:
        return text
    k, other = numbers.sample(solid, 2)
    what = numbers.randrange(5)
    if what == 0:
        tokens[k] = ""
    elif what == 1:
        tokens[k] = f"{tokens[k]} {tokens[k]}"
    elif what == 2:
        tokens[k], tokens[other] = tokens[other], tokens[k]
    elif what == 3:
        tokens[k] = tokens[other]
    elif tokens[k].isdigit():
        tokens[k] = numbers.choice(["0", "1", "2", "7", "100", "100000", "99999999999"])
    else:
        tokens[k] = numbers.choice(PIECES)
    return "".join(tokens)
