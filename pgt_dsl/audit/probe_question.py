"""Guesses from the question alone: its wording, the words in it, its length."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from pgt_dsl.audit.counting import Coded, accuracies, bits, chance, code_categories, code_numbers
from pgt_dsl.audit.finding import Test
from pgt_dsl.scene.scene import Answered

WORDS = 60  # words that are looked for


def probe(ask: int, asks: Sequence[Answered], y: Coded) -> Iterator[Test]:
    """One test for each thing that a question's text tells."""
    everywhere = np.ones(len(asks), np.bool_)
    wording = np.array([a.paraphrase for a in asks], np.int64)
    yield _test(ask, "which wording the question has", code_categories(wording, everywhere, 16), y)
    lengths = np.array([len(a.question) for a in asks], np.float64)
    yield _test(ask, "the length of the question", code_numbers(lengths, everywhere, 8), y)
    said = [frozenset(re.findall(r"[\w-]+", a.question.lower())) for a in asks]
    many = Counter(word for words in said for word in words)
    chosen = [word for word, n in many.most_common() if 0.005 < n / len(asks) < 0.995][:WORDS]
    for word in chosen:
        yield _test(ask, f"the word {word!r} in the question",
                    Coded(np.array([int(word in words) for words in said], np.int64), 2), y)  # fmt: skip


def _test(ask: int, what: str, x: Coded, y: Coded) -> Test:
    p, degrees = chance(x, y)
    best, plain = accuracies(x, y)
    return Test("question", ask, what, p, len(x.codes), best, plain, bits(x, y), degrees=max(degrees, 1),
                hint="it is read off the question without the picture")  # fmt: skip
