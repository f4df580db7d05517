"""The part of an answer that states it: thoughts, markup and wrappings off, the marked answer found.

All of it takes time linear in the text, and no more than ``HEAD + TAIL`` characters are looked at: quantifiers of the
patterns are bounded or cannot overlap.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

Json = Any

HEAD, TAIL = 4_000, 16_000  # characters of a longer text that are read, at its start and at its end

_SPECIAL = re.compile(r"<\|(?!box_|point_|det)[a-z_0-9]{1,40}\|>|</?s>|\[/?INST\]", re.IGNORECASE)
_WRAP = re.compile(r"\\(?:text|mathrm|mathbf|textbf|mathit|textit|rm|operatorname)\s{0,3}\{([^{}]{0,400})\}")
_TAG = re.compile(r"<(answer|final_answer|final|solution|output)>", re.IGNORECASE)
_MARK = re.compile(
    r"\b(?:answer|conclusion)\b(?:\s{1,3}(?:to|for)\s[^.:\n]{1,100}?)?(?:\s{0,3}\([^()\n]{0,30}\))?\s{0,3}"
    r"(?:\b(?:is|was|would be|should be|must be|will be|becomes)\b\s{0,3}:?|[:=\u2192])\s{0,5}",
    re.IGNORECASE,
)
REVISION = re.compile(
    r"\b(?:wait|actually|correction|scratch that|on second thought|i mean|let me correct|i was wrong|my mistake|"
    r"looking again|on closer (?:look|inspection)|sorry|hold on|hmm)\b",
    re.IGNORECASE,
)
_KEYS = (
    "answer",
    "final_answer",
    "final answer",
    "finalanswer",
    "choice",
    "option",
    "prediction",
    "response",
    "result",
)
_OBJECT = re.compile(r"\{[^{}]{1,2000}\}")
_FENCE = re.compile(r"```[a-z0-9]{0,12}\n?(.*?)```", re.DOTALL | re.IGNORECASE)
_SIGNS = str.maketrans({
    "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00ab": '"', "\u00bb": '"', "\u2010": "-",
    "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": " - ", "\u2212": "-", "\u00a0": " ", "\u202f": " ",
    "\u2009": " ", "\u200b": None, "\ufeff": None, "\u00d7": "x", "\u00b0": "\u00b0", "\uff0c": ",", "\u3002": ". ",
    "\u3001": ", ",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """What states the answer. ``text`` is to be read; ``how`` names the mark that it stood behind ("" for none);
    ``trouble`` says why there is none."""

    text: str
    how: str = ""
    trouble: str = ""


def stated(text: str) -> Stated:
    """The stated answer of a whole response. Never raises."""
    bare, trouble = without_thoughts(text)
    if trouble:
        return Stated("", "", trouble)
    found = Stated(plain(bare))
    for _ in range(4):  # an answer tag may hold a box, and a box may hold a text
        inner = _unwrapped(found.text)
        if inner is None:
            break
        found = Stated(inner.text, inner.how, inner.trouble)
    return found


def without_thoughts(text: str) -> tuple[str, str]:
    """The text behind the thinking, cut to what is looked at; and what is wrong when the thinking never ended."""
    lower = text[-1_000_000:].lower()
    for opening, closing in (
        ("<think>", "</think>"),
        ("<thinking>", "</thinking>"),
        ("\u25c1think\u25b7", "\u25c1/think\u25b7"),
    ):
        end, start = lower.rfind(closing), lower.rfind(opening)
        if start > end:
            return "", "the thinking never ends, so nothing was answered"
        if end >= 0:
            text = text[-1_000_000:][end + len(closing) :]
            lower = lower[end + len(closing) :]
    if len(text) > HEAD + TAIL:
        text = text[:HEAD] + "\n" + text[-TAIL:]
    return text, ""


def plain(text: str) -> str:
    """Text without markup, with one kind of quotes, dashes and spaces."""
    text = unicodedata.normalize("NFKC", text.translate(_SIGNS)).translate(_SIGNS)[: 4 * (HEAD + TAIL)]
    text = _SPECIAL.sub(" ", text)
    for _ in range(2):
        text = _WRAP.sub(r"\1", text)
    text = text.replace("**", "").replace("__", "").replace("\\(", " ").replace("\\)", " ").replace("$", " ")
    text = (
        text.replace("\\,", " ").replace("^\\circ", "\u00b0").replace("^{\\circ}", "\u00b0").replace("\\circ", "\u00b0")
    )
    text = re.sub(r"(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])", "", text)
    text = re.sub(r"(?m)^[ \t]{0,20}#{1,6}[ \t]{1,20}", "", text)
    return text.strip()


def _unwrapped(text: str) -> Stated | None:
    """The text within the strongest mark; None when there is no mark."""
    for find in (_tagged, _boxed, _json, _marked):
        found = find(text)
        if found is not None and (found.text != text or found.trouble):
            return found
    return None


def _revised(tail: str) -> bool:
    return REVISION.search(tail[:2000]) is not None


def _several(parts: list[str], between: list[str], how: str) -> Stated:
    """The last of several marked answers, unless they stand side by side and differ."""
    folded = [re.sub(r"\W+", " ", part).strip().lower() for part in parts]
    if len(parts) > 1 and folded[-1] != folded[-2] and re.fullmatch(r"[\s,;/|&$]*(?:or|and)?[\s,;/|&$]*", between[-1]):
        return Stated("", how, "several different answers are marked side by side")
    return Stated(parts[-1].strip(), how)


def _tagged(text: str) -> Stated | None:
    """The last ``<answer>...</answer>``; an open one at the end counts too."""
    parts: list[str] = []
    between: list[str] = []
    at = 0
    lower = text.lower()
    for match in _TAG.finditer(text):
        if match.start() < at:
            continue
        end = lower.find(f"</{match[1].lower()}>", match.end())
        between.append(text[at : match.start()])
        parts.append(text[match.end() : end if end >= 0 else len(text)])
        at = len(text) if end < 0 else end + len(match[1]) + 3
    if not parts or not parts[-1].strip():
        return None
    if _revised(text[at:]):
        return Stated(text[at:].strip(), "")
    return _several(parts, between, "answer tag")


def _boxed(text: str) -> Stated | None:
    parts: list[str] = []
    between: list[str] = []
    at = 0
    while True:
        start = text.find("\\boxed", at)
        if start < 0:
            break
        opening = text.find("{", start, start + 12)
        if opening < 0:
            rest = re.match(r"\s{0,3}(\S{1,40})", text[start + 6 :])
            end, inner = (start + 6 + rest.end(), rest[1]) if rest else (start + 6, "")
        else:
            end = _closing(text, opening)
            inner = text[opening + 1 : end]
        between.append(text[at:start])
        parts.append(inner)
        at = end + 1
    if not parts or not parts[-1].strip():
        return None
    if _revised(text[at:]):
        return Stated(text[at:].strip(), "")
    return _several(parts, between, "boxed")


def _closing(text: str, opening: int) -> int:
    depth = 0
    for k in range(opening, min(len(text), opening + 4000)):
        depth += (text[k] == "{") - (text[k] == "}")
        if depth == 0:
            return k
    return min(len(text), opening + 4000)


def loads(text: str) -> Json:
    """JSON, or None for what is none, is nested too deep or has numbers out of bounds."""
    if len(text) > HEAD + TAIL:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def fenced(text: str) -> str:
    """What stands in the last code fence, else the text."""
    found = _FENCE.findall(text)
    return found[-1].strip() if found else text


def _json(text: str) -> Stated | None:
    """The value under a key such as "answer", of the whole text, of a code fence, or of the last flat object."""
    for part in (text, fenced(text)):
        found = _keyed(loads(part)) if part[:1] in "{[" else None
        if found is not None:
            return found
    for part in reversed(_OBJECT.findall(text)[-8:]):
        found = _keyed(loads(part))
        if found is not None:
            tail = text[text.rfind(part) + len(part) :]
            return Stated(tail.strip(), "") if _revised(tail) else found
    inner = fenced(text)
    return Stated(inner, "") if inner != text and not re.sub(_FENCE, "", text).strip() else None


def _keyed(data: Json) -> Stated | None:
    if isinstance(data, list) and len(data) == 1:
        data = data[0]
    if not isinstance(data, dict):
        return None
    for key, value in data.items():
        if isinstance(key, str) and key.strip().lower() in _KEYS:
            return Stated(as_words(value), "JSON")
    return None


def as_words(value: Json) -> str:
    """A JSON value as a person would write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return json.dumps(value)


def _marked(text: str) -> Stated | None:
    """What stands behind the last "the answer is" or "Answer:"."""
    found = [m for m in _MARK.finditer(text) if re.search(r"[\w\u00b0(\[{]", text[m.end() :])]
    if not found:
        return None
    last = found[-1]
    # "the answer is" of a sentence before may be taken back: "The answer is A. Wait, actually it is C."
    return Stated(text[last.end() :].strip(), "answer phrase")
