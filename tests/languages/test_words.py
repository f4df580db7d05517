"""Words of a language: each thing has its own, phrases agree in gender, case and number, and all can be read again."""

from __future__ import annotations

import pytest

from pgt_dsl.builtin.values import COLORS, FORMS
from pgt_dsl.languages.gloss import Gloss, plain_gloss
from pgt_dsl.languages.language import Language, Noun, known, language
from pgt_dsl.languages.plurals import categories, category, examples
from pgt_dsl.languages.tongue import Tongue, stands
from pgt_dsl.plugins.registry import registry
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.english import NUMBER_WORDS
from pgt_dsl.program.formats import Speech, Unspeakable

SPEECH = Speech(200, 100, {value: name for name, value in COLORS.items()})
LANGUAGES = [language(code) for code in known()]
DE, ZH = Tongue(language("de")), Tongue(language("zh"))


# one word for one thing -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES, ids=lambda lang: lang.code)
def test_every_form_kind_and_colour_has_a_word_of_its_own(lang: Language) -> None:
    kinds = {kind.noun for kind in registry().kinds.values()} - {""}
    assert kinds | set(FORMS) <= lang.nouns.keys() and COLORS.keys() <= lang.colors.keys()
    for words in (
        [noun.singular[0] for noun in lang.nouns.values()],
        [color.word for color in lang.colors.values()],
        [color.stem for color in lang.colors.values()],
        list(lang.numbers),
    ):
        folded = [word.casefold() for word in words]
        assert len(set(folded)) == len(folded)
    assert len(lang.numbers) == 101 and len({word.casefold() for word in lang.answers.values()}) == 3


@pytest.mark.parametrize("lang", LANGUAGES, ids=lambda lang: lang.code)
def test_no_word_means_two_things_to_a_reader(lang: Language) -> None:
    """Every form of a noun or colour, and every other word for it, is read as that and nothing else."""
    gloss = plain_gloss(lang.code)
    endings = {end for table in lang.endings.values() for forms in table.values() for end in forms} or {""}
    for name, noun in lang.nouns.items():
        for word in (*noun.singular, *noun.plural, *noun.also):
            assert gloss(word).strip() == name, word
    for name, color in lang.colors.items():
        for word in (color.word, *(color.stem + end for end in endings), *color.also):
            assert gloss(word).strip() == name, word


@pytest.mark.parametrize("tongue", [DE, ZH], ids=lambda tongue: tongue.code)
def test_a_phrase_is_read_as_the_english_phrase(tongue: Tongue) -> None:
    gloss = Gloss(tongue.language)
    cases = tongue.language.cases or ("",)
    for color in COLORS:
        for form in FORMS:
            for case in cases:
                words = tongue.noun_phrase("", "", color, form, case)
                assert gloss(words).removeprefix("the ").strip() == f"{color} {form}", words


@pytest.mark.parametrize("lang", LANGUAGES, ids=lambda lang: lang.code)
def test_number_words_are_read_as_their_numbers(lang: Language) -> None:
    gloss = plain_gloss(lang.code)
    assert [gloss(word).strip() for word in lang.numbers] == [str(n) for n in range(101)]


def test_german_number_words_are_put_together_as_they_should_be() -> None:
    ones = ["", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"]
    tens = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
    for n in range(20, 100):
        one, ten = n % 10, n // 10
        assert DE.language.numbers[n] == (f"{ones[one]}und{tens[ten]}" if one else tens[ten])


def test_chinese_number_words_are_put_together_as_they_should_be() -> None:
    digits = "零一二三四五六七八九"
    for n in range(11, 100):
        one, ten = n % 10, n // 10
        assert ZH.language.numbers[n] == (digits[ten] if ten > 1 else "") + "十" + (digits[one] if one else "")


# agreement ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "masculine", "feminine", "neuter"),
    [
        (None, "der rote Kreis", "die rote Raute", "das rote Dreieck"),
        ("accusative", "den roten Kreis", "die rote Raute", "das rote Dreieck"),
        ("dative", "dem roten Kreis", "der roten Raute", "dem roten Dreieck"),
        ("genitive", "des roten Kreises", "der roten Raute", "des roten Dreiecks"),
        ("indefinite", "ein roter Kreis", "eine rote Raute", "ein rotes Dreieck"),
        ("indefinite accusative", "einen roten Kreis", "eine rote Raute", "ein rotes Dreieck"),
        ("a dative", "einem roten Kreis", "einer roten Raute", "einem roten Dreieck"),
        ("bare", "roter Kreis", "rote Raute", "rotes Dreieck"),
        ("bare dative", "rotem Kreis", "roter Raute", "rotem Dreieck"),
        ("many", "die roten Kreise", "die roten Rauten", "die roten Dreiecke"),
        ("plural dative", "den roten Kreisen", "den roten Rauten", "den roten Dreiecken"),
        ("plural bare", "rote Kreise", "rote Rauten", "rote Dreiecke"),
        ("plural indefinite", "rote Kreise", "rote Rauten", "rote Dreiecke"),
        ("plural bare genitive", "roter Kreise", "roter Rauten", "roter Dreiecke"),
    ],
)
def test_german_phrases(format: str | None, masculine: str, feminine: str, neuter: str) -> None:
    said = [DE.noun_phrase("", "", "red", noun, format) for noun in ("circle", "diamond", "triangle")]
    assert said == [masculine, feminine, neuter]


def test_colours_whose_stem_is_another_word() -> None:
    assert DE.noun_phrase("", "", "pink", "star") == "der rosafarbene Stern"
    assert DE.say(COLORS["pink"], Type("color"), SPEECH) == "rosa"
    assert DE.noun_phrase("", "", "orange", "heart", "dative") == "dem orangefarbenen Herzen"


@pytest.mark.parametrize(
    ("value", "base", "format", "german", "chinese"),
    [
        (COLORS["red"], "color", None, "rot", "红色"),
        ("star", "form", None, "Stern", "星形"),
        (True, "bool", None, "ja", "是"),
        (7, "int", "word", "sieben", "七"),
        (7, "int", "00", "07", "07"),
        (0.5, "number", "%", "50 %", "50%"),
        (12.5, "angle", ".1", "12,5 Grad", "12.5度"),
        (37.0, "angle", "deg", "37°", "37°"),
        (20.0, "length", None, "20 % der kürzeren Seite", "短边的20%"),
        (20.0, "length", "vmin", "20 vmin", "20 vmin"),
        (1000.0, "area", None, "5 % des Bildes", "图片的5%"),
        ([50.0, 50.0], "point", None, "(0.25, 0.50)", "(0.25, 0.50)"),
    ],
)
def test_values(value: object, base: str, format: str | None, german: str, chinese: str) -> None:
    said = [tongue.say(value, Type(base), SPEECH, format) for tongue in (DE, ZH)]  # type: ignore[arg-type]
    assert said == [german, chinese]


@pytest.mark.parametrize(
    ("format", "said"),
    [
        ("plural", "rote"),
        ("definite plural", "roten"),
        ("definite feminine", "rote"),
        ("definite feminine dative", "roten"),
        ("indefinite masculine", "roter"),
        ("neuter", "rotes"),
    ],
)
def test_a_colour_before_a_noun(format: str, said: str) -> None:
    assert DE.say(COLORS["red"], Type("color"), SPEECH, format) == said


def test_numbers_before_nouns() -> None:
    def word(tongue: Tongue, n: int, format: str) -> str:
        return tongue.say(n, Type("int"), SPEECH, format)

    assert [word(DE, 1, f"word {g} accusative") for g in DE.language.genders] == ["einen", "eine", "ein"]
    assert word(DE, 1, "word") == "eins" and word(DE, 2, "word feminine") == "zwei"
    assert word(ZH, 2, "word") == "二" and word(ZH, 2, "word counting") == "两"
    assert word(DE, 3, "nth definite feminine") == "dritte" and word(DE, 1, "nth indefinite masculine") == "erster"
    assert word(DE, 13, "nth definite feminine") == "13." and word(ZH, 3, "nth") == "第三"


def test_lists() -> None:
    colors = [COLORS[name] for name in ("red", "blue", "green")]
    type = Type("color", 1)
    assert DE.say(colors, type, SPEECH, "or") == "rot, blau oder grün"
    assert DE.say(colors[:2], type, SPEECH, "and plural") == "rote und blaue"
    assert ZH.say(colors, type, SPEECH, "and") == "红色、蓝色和绿色"
    assert ZH.say([[20.0, 10.0], [100.0, 50.0]], Type("point", 1), SPEECH) == "(0.10, 0.10), (0.50, 0.50)"
    assert DE.say([], type, SPEECH) == "keine"


def test_choices_go_by_plural_form_truth_and_gender() -> None:
    def choose(value: object, base: str, *choices: str) -> str:
        return DE.choose(value, Type(base), choices, SPEECH)  # type: ignore[arg-type]

    assert [choose(n, "int", "Kreis", "Kreise") for n in (0, 1, 2)] == ["Kreise", "Kreis", "Kreise"]
    assert [choose(n, "int", "kein", "ein", "viele") for n in (0, 1, 5)] == ["kein", "ein", "viele"]
    assert [choose(truth, "bool", "links", "rechts") for truth in (True, False)] == ["links", "rechts"]
    assert [choose(form, "form", "er", "sie", "es") for form in ("circle", "diamond", "heart")] == ["er", "sie", "es"]
    assert ZH.choose(3, Type("int"), ["个"], SPEECH) == "个"


@pytest.mark.parametrize(
    ("before", "phrase", "said"),
    [
        ("links von ", "dem roten Kreis", "links vom roten Kreis"),
        ("links von ", "der roten Raute", "links von der roten Raute"),
        ("Von ", "dem Kreis", "Vom Kreis"),
        ("bis zu ", "der Raute", "bis zur Raute"),
        ("davon ", "dem Kreis", "davon dem Kreis"),
    ],
)
def test_prepositions_and_articles_that_become_one(before: str, phrase: str, said: str) -> None:
    assert "".join(DE.meet(before, phrase)) == said


# what has no words ------------------------------------------------------------------------------------


def test_what_is_painted_or_no_word_stays_as_it_is() -> None:
    tongue = Tongue(language("de"), {"left": "links"}, ["table"])
    assert [tongue.word(text) for text in ("left", "table", "A", "3:05", "chair")] == [
        "links", "table", "A", "3:05", "Stuhl"
    ]  # fmt: skip
    assert stands("A") and stands("12:30") and not stands("up")
    assert tongue.noun_phrase("A", "", "", "") == "A" and tongue.noun_phrase("", "the cup", "", "") == "die Tasse"


def test_what_has_no_words_is_never_said_in_english() -> None:
    for said in (
        lambda: DE.word("sideways"),
        lambda: DE.noun_phrase("", "the gizmo", "", ""),
        lambda: DE.noun_phrase("", "", "red", "gizmo"),
        lambda: DE.noun_phrase("", "", "teal", "circle"),
    ):
        with pytest.raises(Unspeakable):
            said()
    more = language("de").with_words({"gizmo": Noun("neuter", ("Dings",) * 4, ("Dinger",) * 4)}, {})
    assert Tongue(more).noun_phrase("", "", "red", "gizmo", "dative") == "dem roten Dings"


# plural forms of the CLDR -------------------------------------------------------------------------------


def test_plural_forms_are_those_of_the_cldr() -> None:
    assert categories("de") == ("one", "other") and categories("zh") == ("other",)
    assert categories("pl") == ("one", "few", "many") and len(categories("ar")) == 6
    assert [category("pl", n) for n in (1, 3, 5, 22)] == ["one", "few", "many", "few"]
    assert examples("de") == "one (1), other (0, 2, 3)"


def test_number_words_of_english_are_as_many() -> None:
    assert len(NUMBER_WORDS) == len(DE.language.numbers)
