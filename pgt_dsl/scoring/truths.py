"""Yes and no: said outright, or by repeating the question's own words as a statement or a denial."""

from __future__ import annotations

import re
from functools import lru_cache

from pgt_dsl.scene.columns import color_names
from pgt_dsl.scoring.statements import Mention
from pgt_dsl.scoring.vocabulary import FORM_WORDS

_FORMS = ("square", "triangle", "pentagon", "hexagon", "star", "heart", "line", "arrow")
_LEADS = frozenset({"the", "a", "an", "two", "three", "both", "large", "small", "this", "that"})
_YES = r"yes|yeah|yep|yup|true|correct|affirmative|indeed"
_NO = r"no|nope|nah|false|incorrect|negative"
_FIRST = re.compile(
    rf"^[\s\"'(\[{{<]*(?:(?:well|so|therefore|thus|hence|ok(?:ay)?|hmm|wait|actually|answer|overall|final(?:ly)?)"
    rf"[\s,:\-]{{1,4}}){{0,3}}[\"'(]?(?P<said>{_YES}|{_NO})\b(?P<rest>.?)",
    re.IGNORECASE,
)
_LATER = re.compile(
    rf"(?:\b(?:is|was|be|it's|that's|say|think|believe|guess|assume|answer|:|so|therefore|thus|hence|or|and|then|but|"
    rf"be a|a|yes|no)|"
    rf"[:=,;\"'(\-])\s{{0,3}}[\"'(]{{0,3}}"
    rf"(?P<said>{_YES}|{_NO})\b"
    rf"(?=[\s\"')]{{0,4}}(?:[.,;!)\"'\-]|$|\s(?:or|and|because|since|as|they|it|the|yes|no)\b))",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(
    r"\s{1,2}(?:doubt|problem|question|matter|wonder|idea|one|way to (?:tell|know|say))\b", re.IGNORECASE
)
_NO_THEN = re.compile(
    r"\s{1,2}(?:the|it|they|this|that|these|those|there|we|i|only|because|since|since|not|neither|a|an|answer)\b", re.I
)
_NOT_TRUE = re.compile(r"\b(?:not|n't)\s{1,2}(?:true|correct|the case)\b", re.IGNORECASE)
_NOT_BEFORE = re.compile(r"(?:\bnot|n't|\bnor)\s{1,2}(?:a |an )?$", re.IGNORECASE)
_WORDS = re.compile(r"[a-z0-9]+")
_SMALL = frozenset({
    "the", "a", "an", "is", "are", "do", "does", "did", "be", "was", "were", "it", "they", "this", "that", "these",
    "of", "to", "in", "on", "at", "and", "or", "there", "can", "you", "i", "we", "has", "have", "had", "with", "both",
    "two", "indeed", "really", "clearly", "fact", "so", "therefore", "thus", "hence", "also", "s", "t", "photo",
    "picture", "image", "appear", "appears", "seem", "seems", "lie", "lies", "located", "positioned", "placed",
    "situated", "which", "one", "from", "by", "any", "all", "yes", "no", "not", "n", "don", "doesn", "isn", "aren",
    "cannot", "each", "other", "side", "them", "point", "another", "its", "their", "than",
})  # fmt: skip
_DENIES = re.compile(r"\bnot\b|n't\b|\bcannot\b|\bno\b|\bnever\b|\bneither\b", re.IGNORECASE)
_SHORT = re.compile(
    r"^\W{0,4}(?:it|they|he|she|this|that|there|these|both)\s?(?P<verb>is|are|does|do|was|were|has|have|can|'s|'re|"
    r"isn't|aren't|doesn't|don't|cannot|can't)(?P<not>\s{1,2}not|n't)?\W{0,3}$",
    re.IGNORECASE,
)


def truths(text: str) -> list[Mention]:
    """The yes and no of a statement. "No doubt" and "no stars" are none."""
    found: list[Mention] = []
    first = _FIRST.match(text)
    if first:
        said = first["said"].lower()
        after = text[first.end("said") :]
        if said != "no" or not _is_determiner(after):
            found.append(_mention(text, first.start("said"), first.end("said")))
    for match in _NOT_TRUE.finditer(text):
        found.append(Mention(match.start(), match.end(), "no", False, "yes/no"))
    taken = [(m.start, m.end) for m in found]
    for match in _LATER.finditer(text):
        start, end = match.span("said")
        if any(start < e and s < end for s, e in taken) or _NO_ANSWER.match(text[end : end + 24]):
            continue
        found.append(_mention(text, start, end))
    return found


def _is_determiner(after: str) -> bool:
    """Whether "no" stands before a noun."""
    if re.match(r"\s*(?:[^\w\s]|$)", after):
        return False
    if _NO_ANSWER.match(after):
        return True
    return _NO_THEN.match(after) is None


def _mention(text: str, start: int, end: int) -> Mention:
    yes = re.fullmatch(_YES, text[start:end], re.IGNORECASE) is not None
    if _NOT_BEFORE.search(text[max(0, start - 12) : start]):
        yes = not yes
    return Mention(start, end, "yes" if yes else "no", yes, "yes/no")


def restated(text: str, question: str) -> Mention | None:
    """The truth of a statement that repeats the question's words in their order: "The red star is left of the blue
    one" after "Is the red star left of the blue one?" is yes, its denial no; with the two exchanged it is neither."""
    short = _SHORT.match(text)
    denied = len(_DENIES.findall(text))
    if short:
        return Mention(0, len(text), "no" if denied else "yes", not denied, "statement")
    said, asked = _content(text), _content(question)
    telling = _telling(question)
    pronoun = re.match(r"\W{0,4}(?:they|it|this|that|the two|both)\b", text, re.IGNORECASE) is not None
    told = telling & set(said)
    if denied > 1 or len(text) > 300 or not told or not (pronoun or (told == telling and len(said) > 1)):
        return None
    words = iter(asked)
    if not all(any(word == other for other in words) for word in said):
        return None
    return Mention(0, len(text), "no" if denied else "yes", not denied, "statement")


def _content(text: str) -> list[str]:
    """The words that carry the sense, cut to their stems."""
    return [_stem(word) for word in _WORDS.findall(text.lower()) if word not in _SMALL]


def _telling(question: str) -> set[str]:
    """The words of a question that say something of things, and do not name them: a colour names, and a form behind an
    article or a colour, so that "the lines cross" says something and "the black cross" does not."""
    colors, forms = _names()
    told: set[str] = set()
    before = ""
    for word in _WORDS.findall(question.lower()):
        named = word in colors or (_stem(word) in forms and (before in colors or before in _LEADS))
        if not named and word not in _SMALL:
            told.add(_stem(word))
        before = word
    return told


@lru_cache(maxsize=1)
def _names() -> tuple[frozenset[str], frozenset[str]]:
    """Names of colours, and stems of forms."""
    return frozenset(color_names().values()), frozenset(_stem(word) for word in (*FORM_WORDS, *_FORMS))


def _stem(word: str) -> str:
    for end in ("ping", "ing", "es", "s"):
        if word.endswith(end) and len(word) > len(end) + 3:
            return word[: -len(end)]
    return word
