"""Statements in the opposite sense: "The circle is smaller" after "Which is larger?" names the other of two."""

from __future__ import annotations

import re

from pgt_dsl.scoring.statements import Reading, Statement
from pgt_dsl.scoring.subject import Asked
from pgt_dsl.scoring.vocabulary import fold

_FAMILIES = (
    (r"larger|bigger|greater|largest|biggest", r"smaller|smallest|littler"),
    (r"longer|longest", r"shorter|shortest"),
    (r"taller|tallest", r"shorter|shortest"),
    (r"higher|highest|above|upper|top|nearer the top", r"lower|lowest|below|underneath|beneath|bottom"),
    (r"left|leftmost", r"right|rightmost"),
    (r"nearer|nearest|closer|closest", r"farther|farthest|further|furthest"),
    (r"lighter|brighter|lightest|brightest", r"darker|darkest"),
    (r"more|most", r"fewer|fewest|less|least"),
    (r"in front|front|on top|foreground", r"behind|in the back|background|underneath|beneath|under"),
    (r"wider|widest", r"narrower|narrowest"),
    (r"thicker|thickest", r"thinner|thinnest"),
)
_ALONG = re.compile(  # "further left" says which way, not how far
    r"\b(?:further|farther|furthest|farthest)\s{1,2}((?:to(?:wards?)?\s{1,2}(?:the\s{1,2})?)?"
    r"(?:left|right|up|down|above|below|back|behind|front)\b)",
    re.IGNORECASE,
)
_SENSES = tuple((re.compile(rf"\b(?:{a})\b", re.I), re.compile(rf"\b(?:{b})\b", re.I)) for a, b in _FAMILIES)


def turned(statement: Statement, asked: Asked) -> Reading | None:
    """The answer of a statement in the opposite sense of the question: the other one of two options, named first.

    None for a statement in the question's own sense, and where it cannot be told.
    """
    ask = asked.ask
    if ask.form not in ("shape", "text") or len(ask.options) != 2 or not opposite(statement.text, ask.question):
        return None
    keys = {fold(option) if len(option.strip()) > 1 else option.strip(): option for option in ask.options}
    named = [m for m in statement.affirmed if m.key in keys]
    if len({m.key for m in named}) != 1:
        return None
    other = next(option for key, option in keys.items() if key != named[0].key)
    known = {ask.text: ask.value, **{w.text: w.value for w in ask.wrong}}
    return Reading(known.get(other, other), "opposite", found=True)


def opposite(text: str, question: str) -> bool:
    """Whether a statement speaks in the opposite sense of a question, and only so. Denials are left alone."""
    if re.search(r"\bnot\b|n't\b", text, re.IGNORECASE):
        return False
    text, question = _ALONG.sub(r"\1", text), _ALONG.sub(r"\1", question)
    for one, other in _SENSES:
        for asked, said in ((one, other), (other, one)):
            if asked.search(question) and not said.search(question) and said.search(text):
                return not asked.search(text)
    return False
