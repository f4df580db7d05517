"""Statements of an answer, and which of them counts: a bare answer first, a conclusion, or the last that says one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pgt_dsl.scoring.clean import REVISION

Json = Any

# A full stop ends a sentence before a space or the end, unless it stands behind a lone letter or number ("B. blue").
_END = re.compile(r"\n+|(?<=[a-z\u00b0%)\]\"'][.!?])\s+|(?<=[!?;])\s+|(?<=\b[A-Z0-9][.])\s+(?=[A-Z][a-z])|"
                  r"(?<=\d[.])\s+(?=[A-Z])")  # fmt: skip
_CUE = re.compile(
    r"[,;:.\-]\s{0,4}(?=(?:so|therefore|thus|hence|wait|actually|correction|no wait|or rather|i mean|sorry|hold on|"
    r"scratch that|on second thought|but (?:it|it's|the answer|i|now|then|no|yes|actually)\b)\b)|"
    r"\s(?=(?:wait|no wait|scratch that)\b)|(?<=wait)[,.\-]?\s+(?=no\b)",
    re.IGNORECASE,
)
_REASON = re.compile(
    r",?\s{1,3}(?=(?:because|since|whereas|while|although|though|given that|as (?:the|it|they|[A-Z]\b))\b)",
    re.IGNORECASE,
)
_REMARK = re.compile(r"(?<=[\w.,;:])\s\(([A-Za-z]{2,20},?\s[^()\n]{3,200})\)")
_IS_REASON = re.compile(r"^(?:because|since|whereas|while|although|though|given that|as)\b", re.IGNORECASE)
_ITEM = re.compile(r"^\s{0,20}(?:[-*\u2022]|\(?\d{1,2}[.):])\s{1,5}\S")
_CONCLUSION = re.compile(
    r"^\W{0,4}(?:so|therefore|thus|hence|overall|in conclusion|to conclude|in summary|in total|altogether|finally|"
    r"this means|that means|that makes|which makes|total|final)\b|\b(?:in total|altogether|in all)\b",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"^\W{0,4}(?:it|it's|that|that's|this|these|they|they're|i'd say|i think|i believe|i see|i count|i would say|"
    r"there|there's|the (?:\w+ ){0,4}(?:is|are|shows?|reads?|points?|leads?|differs))\b",
    re.IGNORECASE,
)
HEDGE = re.compile(
    r"\b(?:either|or maybe|or possibly|or perhaps|could be either|can't decide between)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A value that a text names, from ``start`` to ``end``. ``key`` tells values apart; a ``denied`` one stands
    behind "not", an ``aside`` one behind a preposition, a ``compared`` one behind "than" or "from".
    ``said`` is how it was read."""

    start: int
    end: int
    key: str
    value: Json
    said: str
    denied: bool = False
    aside: bool = False
    compared: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or line with what it names. ``bare``: it holds nothing but an answer."""

    text: str
    mentions: Sequence[Mention]
    bare: bool

    @property
    def affirmed(self) -> list[Mention]:
        """The mentions that it affirms, the first of each value; asides only when there is nothing else."""
        stood = [m for m in self.mentions if not m.denied]
        main = [m for m in stood if not m.aside] or [m for m in stood if not m.compared] or stood
        return list({m.key: m for m in reversed(main)}.values())[::-1]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. ``found`` says whether ``value`` is an answer; ``reason`` says why not."""

    value: Json = None
    said: str = ""
    reason: str = ""
    found: bool = False


def nothing(reason: str) -> Reading:
    """No answer, and why."""
    return Reading(reason=reason)


def split(text: str) -> list[str]:
    """The statements of a text; the lines of a list are one."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and _ITEM.match(line) and _ITEM.match(lines[-1].split("\n")[0]):
            lines[-1] += "\n" + line
        else:
            lines.append(line)
    parts: list[str] = []
    for line in lines:
        behind = [f"since {remark[1]}" for remark in _REMARK.finditer(line)]
        line = _REMARK.sub(" ", line) if behind else line
        if "\n" in line:
            parts.append(line)
            continue
        for sentence in _END.split(line):
            for clause in _CUE.split(sentence):
                parts += _REASON.split(clause)
        parts += behind
    return [part.strip() for part in parts if part and part.strip()]


def choose(statements: Sequence[Statement], resolve: Callable[[Statement], Reading], marked: bool = False) -> Reading:
    """The answer of the statement that counts; ``resolve`` reads a statement that names several values.

    marked: the text stands behind "the answer is", so that its first statement counts unless it is taken back.
    """
    saying = [s for s in statements if s.affirmed]
    saying = [s for s in saying if not s.text.endswith("?")] or saying
    told = [s for s in statements if s.mentions and not _IS_REASON.match(s.text)]
    saying = [s for s in saying if s in told] if told else saying  # reasons count where nothing else names anything
    if not saying:
        denied = any(s.mentions for s in statements)
        return nothing("it only says what the answer is not" if denied else "no answer was found in the text")
    if marked:
        behind = [s for s in saying if any(REVISION.search(t.text) for t in _upto(statements, s))]
        return _read(behind[-1] if behind else saying[0], resolve)
    turned = _turns(statements, saying)
    first = next((s for s in statements if not s.text.endswith("?")), statements[0])
    if first.bare and len(first.affirmed) == 1:
        bare = {s.affirmed[0].key for s in saying if s.bare and len(s.affirmed) == 1}
        if turned and turned[-1] is not first:
            return _read(turned[-1], resolve)
        if len(bare) > 1:
            if len(saying) > 1 and saying[-1].bare and any(REVISION.search(s.text) for s in statements):
                return _read(saying[-1], resolve)
            return nothing("several answers contradict each other")
        return _read(first, resolve)
    for group in (turned, [s for s in saying if s.bare or _STRONG.search(s.text)], saying):
        if group:
            last = group[-1]
            # what is taken back or stated bare behind a conclusion counts more
            later = [s for s in saying[saying.index(last) + 1 :] if s.bare]
            return _read(later[-1] if later else last, resolve)
    return nothing("no answer was found in the text")


def _turns(statements: Sequence[Statement], saying: Sequence[Statement]) -> list[Statement]:
    """The statements that take something back or conclude, by their own words or a "Wait," before them."""
    turns: list[Statement] = []
    pending = False
    for statement in statements:
        revises = REVISION.search(statement.text) is not None
        if statement not in saying:
            pending = pending or revises
            continue
        if pending or revises or _CONCLUSION.search(statement.text):
            turns.append(statement)
        pending = False
    return turns


def _upto(statements: Sequence[Statement], last: Statement) -> Sequence[Statement]:
    """The statements behind the first, up to and with ``last``."""
    return statements[1 : statements.index(last) + 1]


def _read(statement: Statement, resolve: Callable[[Statement], Reading]) -> Reading:
    affirmed = statement.affirmed
    if len(affirmed) == 1:
        one = affirmed[0]
        if any(m.denied and m.key == one.key for m in statement.mentions):
            return nothing("it affirms and denies the same")
        return Reading(one.value, one.said, found=True)
    return resolve(statement)


_NOT = re.compile(
    r"(?:\b(?:not|never|neither|nor|cannot|isnt|rather than|instead of|unlike|except|without|besides)|n't|"
    r"\bother than)"
    r"(?:\s{1,3}(?:the|a|an|be|being|option|answer|really|quite|just|even|colou?red|exactly|in|at|only|choice|as|"
    r"necessarily|simply))*[\s(\"'\[]*$",
    re.IGNORECASE,
)
_NO = re.compile(r"\bno\s{1,3}$", re.IGNORECASE)
_IS_NOT = re.compile(
    r"\)?\s{0,2}(?:(?:is|are|was|were|does|do|did|can|could|would)(?:n't|\s?not)\b|can't\b|"
    r"(?:is|are|was)\s(?:wrong|incorrect|false|ruled out|out)\b)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:of|to|than|above|below|under|underneath|beneath|over|behind|beside|besides|near|by|from|with|inside|within|"
    r"touching|between|around|at|on|past|towards?|against|hiding|covering|overlaps|overlapping|in|for|containing|"
    r"comparing|compared|versus|vs\.?|despite)\s{1,3}"
    r"(?:the |a |an |both |point |dot |line |letter |bar |disc |image |option |node )*[\"'(]*$",
    re.IGNORECASE,
)
_THAN = re.compile(r"\b(?:than|compared (?:to|with)|versus|vs\.?)\b[^.;,]{0,24}$|\bfrom\s{1,2}(?:the |letter )*$",
                   re.IGNORECASE)  # fmt: skip
_AND = re.compile(r"^[\s,]*(?:and|or|nor|vs\.?)\s{1,3}(?:the |a |an |disc |dot |bar )?$", re.IGNORECASE)
_COMMA = re.compile(r"^\s?,\s{1,3}(?:the |a |an )?$", re.IGNORECASE)
_GOES_ON = re.compile(r"^\s?,?\s?(?:and|or|,)\s", re.IGNORECASE)


def placed(text: str, found: Sequence[Mention]) -> list[Mention]:
    """The mentions in order of place, the longest where they overlap, with their roles in the text."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start, -(m.end - m.start))):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    roles: list[Mention] = []
    for mention in kept:
        before = text[max(0, mention.start - 60) : mention.start]
        behind = text[mention.end : mention.end + 40]
        denied = bool(_NOT.search(before) or _NO.search(before) or _IS_NOT.match(behind))
        aside = bool(_BEFORE.search(before))
        compared = bool(_THAN.search(before))
        between = text[roles[-1].end : mention.start] if roles else "."
        listed = _COMMA.match(between) and _GOES_ON.match(text[mention.end : mention.end + 8])
        if _AND.match(between) or listed:
            denied, aside = denied or roles[-1].denied, aside or roles[-1].aside
        roles.append(replace(mention, denied=denied, aside=aside, compared=compared))
    return roles


_FILLER = re.compile(
    r"\b(?:the|a|an|option|answer|choice|letter|is|it|it's|its|i|think|believe|would|say|that|this|one|shape|figure|"
    r"object|colou?r|there|are|probably|likely|about|approximately|around|roughly|definitely|certainly|sure|ok|okay|"
    r"final|final answer|so|degrees?|exactly|only|just|number|my|be|point|dot|line|bar|image|panel|surely|clearly)\b",
    re.IGNORECASE,
)


def is_bare(text: str, mentions: Sequence[Mention]) -> bool:
    """Whether a statement holds hardly anything but one value."""
    if not mentions or len({m.key for m in mentions}) > 1 or any(m.denied for m in mentions):
        return False
    rest = text
    for mention in reversed(mentions):
        rest = rest[: mention.start] + " " + rest[mention.end :]
    return not re.search(r"\w", _FILLER.sub(" ", rest))
