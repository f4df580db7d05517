"""Answers in German and Chinese, as people and models give them, scored as a person would: right, or not."""

from __future__ import annotations

from functools import lru_cache

import pytest

from pgt_dsl.api import load
from pgt_dsl.languages.language import language
from pgt_dsl.resources import data_path
from pgt_dsl.scene.glossed import gloss_of
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scoring.score import score

# {t}: the answer; {T}: with a capital; {o}: another one; {w}: in words; {m}: one more; {n}: the number alone
RIGHT = {
    ("spatial/touching", "de"): [
        "{t}", "{t}.", "Antwort: {t}", "Die Antwort ist {t}.", "**{t}**", "<answer>{t}</answer>", "\\boxed{{{t}}}",
        '{{"antwort": "{t}"}}', "Ich denke, {t}.", "Die richtige Antwort lautet: {t}",
        "<think>{o}? Moment.</think>{t}", "{o}. Moment, eigentlich {t}.",
    ],
    ("spatial/touching", "zh"): [
        "{t}", "{t}。", "答案：{t}", "答案是：{t}", "**{t}**", "<answer>{t}</answer>", '{{"答案": "{t}"}}',
        "<think>{o}</think>{t}", "最终答案是：{t}。",
    ],
    ("counting/all", "de"): [
        "{t}", "{w}", "Es sind {t}.", "Ich zähle {t} Formen.", "Es gibt {w} Formen.", "Insgesamt {t}", "Antwort: {w}",
        "Auf dem Bild sind {w} Formen zu sehen.",
    ],
    ("counting/all", "zh"): [
        "{t}", "{t}个", "{w}个", "有{t}个。", "图中有{w}个图形。", "一共{w}个", "答案：{w}", "共有{t}个图形",
    ],
    ("color/mosaic", "de"): [
        "{t}", "{T}", "Die Farbe ist {t}.", "Am häufigsten ist {t}.", "Die meisten Kacheln sind {t}.", "{t}e Kacheln",
        "Nicht {o}, sondern {t}.",
    ],
    ("color/mosaic", "zh"): ["{t}", "{t}的", "是{t}。", "最常见的颜色是{t}", "方格中{t}最多", "不是{o}，是{t}"],
    ("spatial/above_or_below", "de"): ["{t}", "{T}.", "Höher liegt {t}.", "Es ist {t}.", "Die Antwort lautet: {t}"],
    ("spatial/above_or_below", "zh"): ["{t}", "{t}。", "是{t}", "{t}更高。", "答案是{t}"],
    ("angle/arrow_points", "de"): ["{t}", "nach {t}", "Der Pfeil zeigt nach {t}.", "Er weist nach {t}."],
    ("angle/arrow_points", "zh"): ["{t}", "{t}方", "箭头指向{t}方。", "指向{t}"],
    ("angle/acute_or_obtuse", "de"): ["{t}", "{T}", "Der Winkel ist {t}.", "ein {t}er Winkel"],
    ("angle/degrees", "de"): ["{t}", "{n}", "{n}°", "etwa {t}", "Der Winkel beträgt {t}."],
    ("angle/degrees", "zh"): ["{t}", "{n}", "{n}°", "大约{t}", "这个角是{t}。"],
    ("ordering/left_to_right", "de"): ["{t}", "Von links nach rechts: {t}.", "Die Farben sind {t}."],
    ("ordering/left_to_right", "zh"): ["{t}", "从左到右：{t}", "依次是{t}。"],
    ("reading/circled_letter", "de"): ["{t}", "Der Buchstabe {t}.", "Es ist das {t}.", "Antwort: {t}"],
    ("reading/circled_letter", "zh"): ["{t}", "字母{t}", "字母{t}被圈出来了。", "答案：{t}"],
}  # fmt: skip
WRONG = {
    ("spatial/touching", "de"): [
        "{o}", "Ja oder nein", "ja und nein", "Vielleicht.", "Es kommt darauf an.", "Ich weiß nicht.", "", "Hm",
        "Das kann ich nicht sagen.",
    ],
    ("spatial/touching", "zh"): ["{o}", "是或否", "不确定", "无法判断", "可能是，也可能不是", "不知道", ""],
    ("counting/all", "de"): [
        "{m}", "mindestens {t}", "höchstens {t}", "mehr als {t}", "nicht {t}", "zwischen 1 und {t}", "{t} oder {m}",
        "{t}-{m}", "Es sind {m}.", "keine Ahnung",
    ],
    ("counting/all", "zh"): [
        "{m}个", "至少{t}个", "不到{t}个", "超过{t}个", "不是{t}", "{t}或{m}", "可能是{t}也可能是{m}",
    ],
    ("color/mosaic", "de"): ["{o}", "nicht {t}", "{t} oder {o}", "Nicht {t}, sondern {o}.", "gold", "bunt"],
    ("color/mosaic", "zh"): ["{o}", "不是{t}", "{t}或{o}", "不是{t}，是{o}"],
    ("spatial/above_or_below", "de"): ["{o}", "nicht {t}", "{t} oder {o}", "Ich weiß nicht."],
    ("spatial/above_or_below", "zh"): ["{o}", "不是{t}", "{t}或{o}"],
    ("angle/arrow_points", "de"): ["{o}", "nicht nach {t}", "{t} oder {o}"],
    ("angle/arrow_points", "zh"): ["{o}", "{o}方", "不是{t}"],
    ("angle/acute_or_obtuse", "de"): ["{o}", "nicht {t}", "ein {o}er Winkel"],
    ("angle/degrees", "de"): ["mindestens {t}", "zwischen 10 und 170 Grad", "1 Grad"],
    ("angle/degrees", "zh"): ["至少{t}", "1度"],
    ("ordering/left_to_right", "de"): ["{o}"],
    ("ordering/left_to_right", "zh"): ["{o}"],
    ("reading/circled_letter", "de"): ["{o}", "Der Buchstabe {o}.", "nicht {t}"],
    ("reading/circled_letter", "zh"): ["{o}", "字母{o}", "不是{t}"],
}  # fmt: skip


@lru_cache(maxsize=32)
def scenes(name: str, code: str) -> list[Scene]:
    return load(data_path("task_specs") / f"{name}.pgt").pipeline(0, 64, language=code).scenes(range(4))


def told(scene: Scene, text: str) -> str:
    ask = scene.asks[0]
    others = [w.text for w in ask.wrong] or [option for option in ask.options if option != ask.text]
    count = ask.value if type(ask.value) is int else 0
    words = language(scene.language).numbers
    number = ask.text.removesuffix(" Grad").removesuffix("度")
    return text.format(t=ask.text, T=ask.text.capitalize(), o=others[0] if others else "", w=words[count],
                       m=count + 1, n=number)  # fmt: skip


@pytest.mark.parametrize(("name", "code"), RIGHT)
def test_right(name: str, code: str) -> None:
    for scene in scenes(name, code):
        for text in RIGHT[name, code]:
            said = told(scene, text)
            assert score(scene, said).right, (said, gloss_of(scene.asks[0], code)(said), score(scene, said))


@pytest.mark.parametrize(("name", "code"), WRONG)
def test_wrong(name: str, code: str) -> None:
    for scene in scenes(name, code):
        for text in WRONG[name, code]:
            said = told(scene, text)
            assert not score(scene, said).right, (said, gloss_of(scene.asks[0], code)(said), score(scene, said))


def test_the_language_can_be_given_with_a_question_alone() -> None:
    scene = scenes("spatial/touching", "de")[0]
    ask = scene.asks[0]
    assert not score(ask, ask.text).right and score(ask, ask.text, language="de").right


def test_reasons_are_in_the_language_of_the_question() -> None:
    scene = scenes("color/mosaic", "zh")[0]
    assert score(scene, scene.asks[0].wrong[0].text).reason == f"the answer is {scene.asks[0].text}"


@pytest.mark.parametrize("code", ["de", "zh"])
def test_no_text_raises_or_takes_long(code: str) -> None:
    scene = scenes("spatial/touching", code)[0]
    for text in ("\x00" * 100, "是" * 300_000, "ja " * 200_000, "{" * 50_000, "über " * 100_000 + "nein", "A" * 10**6):
        assert score(scene, text).value in (0.0, 1.0)
