"""The label of an option in its usual dresses: "B", "(B)", "B.", "B) blue", "option b"; and what is no letter.

Options that are letters themselves have numbers (``scene.options.labels_of``), so "B" is then the option and "2" its
label.

"A dog" does not choose A, and "I think" does not choose I: a bare capital in prose has to stand where a name could.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pgt_dsl.scene.options import labels_of
from pgt_dsl.scoring.statements import Mention

_WHOLE = re.compile(
    r"^[\s\"'(\[{<]{0,6}(?:option|choice|answer|letter)?[\s:#\"'(\[{<]{0,6}([A-Za-z])[\s\"')\]}>.:,;!]*$", re.IGNORECASE
)
_LEAD = re.compile(r"^[\s\"'(\[{]*([A-Za-z])(?:[)\]}]\s?[.:]?|[.:]|\s?[-=]\s?(?=\w)|,(?=\s))(?=\s|$|[A-Za-z])")
_NAMED = re.compile(
    r"\b(?:option|choice|letter|alternative|answer)s?\s{0,2}(?:is|:|=)?\s{0,2}[\"'(\[]?([A-Za-z])\b(?!['\w])[\"')\]]?",
    re.I,
)
_BRACKETED = re.compile(r"[(\[]([A-Za-z])[)\]]")
_CAPITAL = re.compile(r"(?<![\w'\\<-])([A-Z])(?![\w+#]|'(?!s\b)|\.[a-z]|-\w)")
_NUMBERED = (
    re.compile(
        r"^[\s\"'(\[{<]{0,6}(?:option|choice|answer|number)?[\s:#\"'(\[{<]{0,6}(\d{1,2})[\s\"')\]}>.:,;!]*$",
        re.IGNORECASE,
    ),
    re.compile(r"^[\s\"'(\[{]*(\d{1,2})(?:[)\]}]\s?[.:]?|[.:]|\s?[-=]\s?(?=\w))(?=\s|$|[A-Za-z])"),
    re.compile(
        r"\b(?:option|choice|number|alternative|answer)s?\s{0,2}(?:is|:|=|#)?\s{0,2}[\"'(\[]?(\d{1,2})\b(?![.,]?\d)",
        re.IGNORECASE,
    ),
    re.compile(r"[(\[](\d{1,2})[)\]]"),
)
_AFTER_A = re.compile(
    r"\s*$|\s*[.,;:!?()\]\"'>=/&-]|\s+(?:is|has|was|looks?|appears?|seems?|and|or|than|because|since|as|then|but|on|in|"
    r"to|are|comes|lies|shows?|matches|differs|contains|points|would|with(?! a\b)|for|at|over|not|does)\b"
)
_PRONOUN_I = re.compile(
    r"\s+(?:think|see|believe|would|can|could|am|count|do|don|have|had|will|was|say|choose|chose|pick|guess|"
    r"should|must|need|notice|find|looked?|know|mean|made|first|also|get|got|apologi[sz]e|observe|estimate|'|cannot)\b|'"
)


def capitals(text: str) -> list[tuple[int, int, str]]:
    """(start, end, letter) of the lone capitals that can be names; the article "A" and the pronoun "I" are none."""
    found = []
    for match in _CAPITAL.finditer(text):
        after = text[match.end() : match.end() + 24]
        if match[1] == "A" and not _AFTER_A.match(after):
            continue
        if match[1] == "I" and _PRONOUN_I.match(after):
            continue
        found.append((match.start(1), match.end(1), match[1]))
    return found


def place_of(label: str, labels: Sequence[str]) -> int | None:
    """Which option a label, in capitals or not, stands before; None for one that is not there."""
    wanted = label.upper()
    return labels.index(wanted) if wanted in labels else None


def letters(text: str, options: Sequence[str]) -> list[Mention]:
    """The letters of options in a statement. The key of a mention is the option's number, its value the option's text.

    A lead like "B) red" whose text is another option's is a mention of both, and so contradicts itself.
    """
    known = labels_of(options)

    def mention(start: int, end: int, label: str) -> Mention | None:
        place = place_of(label, known)
        return None if place is None else Mention(start, end, f"option {place}", options[place], "letter")

    if known[:1] == ("1",):
        spans = [(m.start(1), m.end(1), m[1]) for pattern in _NUMBERED for m in pattern.finditer(text)]
        made = {start: one for start, end, label in spans if (one := mention(start, end, label))}
        return [made[start] for start in sorted(made)]
    whole = _WHOLE.match(text)
    if whole:
        one = mention(whole.start(1), whole.end(1), whole[1])
        return [one] if one else []
    found: dict[int, Mention] = {}
    for pattern in (_LEAD, _NAMED, _BRACKETED):
        for match in pattern.finditer(text):
            lower = match[1].islower()
            if lower and pattern is _NAMED and match[1] in "ai" and not re.match(r"\W*$", text[match.end() :][:3]):
                continue  # "the answer is a circle"
            one = mention(match.start(1), match.end(1), match[1])
            if one:
                found.setdefault(one.start, one)
    for start, end, letter in capitals(text):
        one = mention(start, end, letter)
        if one:
            found.setdefault(start, one)
    return [found[start] for start in sorted(found)]
