"""Number words, articles, plurals and lists."""

from __future__ import annotations

import pytest

from pgt_dsl.program import english


def test_numbers_in_words() -> None:
    assert [english.number_word(n) for n in (0, 1, 13, 20, 42, 99, 100, 101, -3)] == [
        "zero", "one", "thirteen", "twenty", "forty-two", "ninety-nine", "one hundred", "101", "-3",
    ]  # fmt: skip
    assert english.NUMBER_WORDS["thirty"] == 30


def test_ranks() -> None:
    assert [english.ordinal(n) for n in (1, 3, 12, 13, 21, 22, 111)] == [
        "first", "third", "twelfth", "13th", "21st", "22nd", "111th",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    ["an ellipse", "a star", "an orange star", "a unicorn", "an hour", "an F", "a B", "an umbrella", "a U", "an 8",
     "an unlit lamp", "an uninteresting thing", "a European flag", "a one-eyed cat"],
)  # fmt: skip
def test_articles_follow_the_sound(words: str) -> None:
    assert english.with_article(words.split(" ", 1)[1]) == words


@pytest.mark.parametrize(
    ("one", "many"),
    [("star", "stars"), ("cross", "crosses"), ("box", "boxes"), ("person", "people"), ("wine glass", "wine glasses"),
     ("knife", "knives"), ("sheep", "sheep"), ("teddy bear", "teddy bears"), ("cup of tea", "cups of tea"),
     ("bus", "buses"), ("bench", "benches"), ("couch", "couches"), ("city", "cities"), ("toy", "toys"),
     ("scissors", "scissors"), ("mouse", "mice"), ("die", "dice"), ("dining table", "dining tables"), ("", "")],
)  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    assert english.plural(one) == many


def test_lists() -> None:
    assert english.joined(["A", "B", "C"], "or") == "A, B or C"
    assert english.joined(["A", "B"], "and") == "A and B"
    assert english.joined(["A"], "and") == "A"
    assert english.joined(["A", "B"]) == "A, B"
    assert english.joined([]) == "none"


def test_where_sentences_start() -> None:
    assert [english.starts_sentence(t) for t in ("", "Yes. ", 'Look! "', "Yes, ", "At 0.5", "Which: ")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
