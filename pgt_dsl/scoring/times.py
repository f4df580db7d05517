"""Times of day as texts say them: "11:40", "11.40 am", "twenty to twelve", "half past ten", "8 o'clock"."""

from __future__ import annotations

import re

from pgt_dsl.program.english import NUMBER_WORDS
from pgt_dsl.scoring.statements import Mention

_N = r"\d{1,2}|" + "|".join(sorted((w for w, n in NUMBER_WORDS.items() if n < 60), key=len, reverse=True))
_DIGITS = re.compile(r"(?<![\d:.])(\d{1,2})\s?[:.h]\s?(\d{2})(?:\s?:\s?\d\d)?(?![\d:])", re.IGNORECASE)
_PAST = re.compile(
    rf"\b(?P<m>half|(?:a )?quarter|{_N})(?:\s?minutes?)?\s(?P<way>past|after|to|before|till|until)\s(?P<h>{_N})\b", re.I
)
_CLOCK = re.compile(rf"\b(?P<h>{_N})\s?(?:o'?\s?clock|[ap]\.?m\b)", re.IGNORECASE)
_SPOKEN = re.compile(rf"\b(?P<h>{_N})[\s-](?P<m>(?:oh[\s-])?(?:{_N}))\b", re.IGNORECASE)


def times(text: str) -> list[Mention]:
    """The times of a text; the value is ``h:mm`` on a dial of twelve hours."""
    found: list[Mention] = []

    def add(start: int, end: int, hour: int | None, minute: int | None, said: str) -> None:
        if hour is None or minute is None or not (0 <= hour <= 24 and 0 <= minute < 60):
            return
        if any(m.start < end and start < m.end for m in found):
            return
        shown = f"{(hour - 1) % 12 + 1}:{minute:02d}"
        found.append(Mention(start, end, shown, shown, said))

    for m in _DIGITS.finditer(text):
        add(m.start(), m.end(), int(m[1]), int(m[2]), "digits")
    for m in _PAST.finditer(text):
        word = m["m"].lower()
        minute = 30 if word == "half" else 15 if "quarter" in word else _number(word)
        hour = _number(m["h"])
        if minute is None or hour is None:
            continue
        if m["way"].lower() in ("past", "after"):
            add(m.start(), m.end(), hour, minute, "spoken time")
        elif 0 < minute < 60:
            add(m.start(), m.end(), (hour - 2) % 12 + 1, 60 - minute, "spoken time")
    for m in _CLOCK.finditer(text):
        add(m.start(), m.end(), _number(m["h"]), 0, "spoken time")
    for m in _SPOKEN.finditer(text):
        if not m[0][0].isdigit():
            add(
                m.start(),
                m.end(),
                _number(m["h"]),
                _number(m["m"].lower().removeprefix("oh").strip(" -")),
                "spoken time",
            )
    return found


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() else NUMBER_WORDS.get(word.lower())
