"""The page in a real browser, from its file: themes, widths, pictures that open, hostile names, and nothing fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gallery.test_browser import opened
from tests.gallery.worlds import browser


@pytest.fixture(scope="module")
def chromium(report: Path) -> Iterator[Any]:
    """After the report, since no probe can run beside the browser's event loop."""
    with browser() as launched:
        yield launched


@pytest.fixture(scope="module")
def page(report: Path) -> Path:
    return report / "report.html"


def test_the_findings_are_told(chromium: Any, page: Path) -> None:
    with opened(chromium, page) as tab:
        cards = tab.locator(".finding b").all_inner_texts()
        assert "“took tail for head” in angle/arrow_points" in cards
        assert any(card.startswith("Fails in counting where the right number is") for card in cards)
        assert tab.locator("h2.model").all_inner_texts() == ["<tail>", "<five>"]


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_the_page_does_not_scroll_sideways(chromium: Any, page: Path, width: int) -> None:
    with opened(chromium, page, viewport={"width": width, "height": 800}) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_is_the_systems_until_the_button_is_pressed(chromium: Any, page: Path, system: str) -> None:
    def light(tab: Any) -> bool:
        color = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        return int(color.removeprefix("rgb(").split(",")[0]) > 128

    with opened(chromium, page, color_scheme=system) as tab:
        assert light(tab) == (system == "light")
        tab.get_by_role("button", name="Dark mode").click()
        assert light(tab) == (system == "dark")


def test_worst_cases_are_pictures_with_words_and_answer(chromium: Any, page: Path) -> None:
    with opened(chromium, page) as tab:
        case = tab.locator(".case").first
        assert case.locator("img").first.evaluate("(image) => image.naturalWidth") == 64
        assert case.locator("dt").all_inner_texts()[0] == "it said" and case.locator("dd b").count() == 1
        case.locator("button").click()
        assert tab.get_by_role("dialog").locator("img").is_visible()
        tab.keyboard.press("Escape")
        assert tab.get_by_role("dialog").count() == 0


def test_without_scripts_everything_can_be_read(chromium: Any, page: Path) -> None:
    with opened(chromium, page, java_script_enabled=False) as tab:
        assert tab.locator(".finding").count() >= 2 and not tab.locator("#theme").is_visible()


def test_what_a_model_says_does_nothing(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "I cannot tell <b>" not in text and "<tail>" not in text and "&lt;tail&gt;" in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "") and "https://" not in text


def test_figures_say_what_they_show(chromium: Any, page: Path) -> None:
    with opened(chromium, page) as tab:
        labels = tab.locator("svg[role=img]").evaluate_all("(all) => all.map((one) => one.getAttribute('aria-label'))")
        assert "accuracy by the right number" in labels
        assert tab.locator("figure.named").count() == 1
