"""The site in a real browser, from its files: search, filters, theme, viewer, widths, and that nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def opened(chromium: Any, page: Path, part: str = "", **options: Any) -> Iterator[Any]:
    """A tab with a page of the site. There must be no message in the console and no request but for files."""
    context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("dialog", lambda dialog: said.append(f"dialog: {dialog.message}"))
    tab.on("request", lambda request: request.url.startswith(("file://", "data:")) or said.append(request.url))
    tab.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    tab.goto(page.as_uri() + part)
    try:
        yield tab
        assert said == []
    finally:
        context.close()


def shown(tab: Any) -> list[str]:
    return [
        text.split("/")[-1]
        for text in tab.locator("[data-task]:visible strong, [data-task]:visible h2").all_inner_texts()
    ]


def test_search_and_filters(chromium: Any, site: Path) -> None:
    with opened(chromium, site / "index.html") as tab:
        whole = shown(tab)
        assert len(whole) == 9 and tab.inner_text("#found") == "9 tasks"
        tab.keyboard.press("/")
        tab.keyboard.type("Swapped SHAPES")
        assert shown(tab) == ["direction_of"] and tab.inner_text("#found") == "1 of 9 tasks"
        assert not tab.locator("section.family:visible h2").filter(has_text="photo").count()
        tab.keyboard.press("Escape")
        assert shown(tab) == whole
        tab.select_option("[name=photos]", "all some")
        assert shown(tab) == ["box_of_object"]
        tab.select_option("[name=photos]", "")
        tab.select_option("[name=images]", "several")
        assert shown(tab) == ["two_images_more"]
        tab.click("[type=reset]")
        tab.select_option("[name=answers]", "bool")
        assert set(shown(tab)) == {"left_of", "larger_swapped"}
        tab.select_option("[name=family]", "twins")
        assert shown(tab) == ["larger_swapped"] and "family=twins" in tab.url
        tab.fill("[name=q]", "no such thing")
        assert tab.locator("#nothing").is_visible()
        tab.click("[data-clear]")
        assert shown(tab) == whole and "#" not in tab.url


def test_a_search_has_an_address(chromium: Any, site: Path) -> None:
    with opened(chromium, site / "index.html", "#answers=box&q=photo") as tab:
        assert shown(tab) == ["box_of_object"] and tab.input_value("[name=q]") == "photo"


def test_a_tile_leads_to_its_card(chromium: Any, site: Path) -> None:
    with opened(chromium, site / "index.html") as tab:
        tab.locator(".tile", has_text="direction_of").click()
        card = tab.locator(".card:target")
        assert card.locator("h2").inner_text() == "direction_of"
        assert card.locator(".sample").count() == 4 and card.locator(".options .right").count() == 4


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_is_the_systems_until_another_is_chosen(chromium: Any, site: Path, system: str) -> None:
    def light(tab: Any) -> bool:
        color = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        return int(color.removeprefix("rgb(").split(",")[0]) > 128

    with opened(chromium, site / "index.html", color_scheme=system) as tab:
        button = tab.get_by_role("button", name="Dark mode")
        assert light(tab) == (system == "light") == (button.get_attribute("aria-pressed") == "false")
        button.click()
        assert light(tab) == (system == "dark")
        tab.goto((site / "spatial.html").as_uri())
        assert light(tab) == (system == "dark"), "it is remembered"


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_no_page_scrolls_sideways(chromium: Any, site: Path, width: int) -> None:
    with opened(chromium, site / "index.html", viewport={"width": width, "height": 800}) as tab:
        for page in sorted(site.glob("*.html")):
            tab.goto(page.as_uri())
            wide = tab.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{page.name} is {wide} px wide at {width}"
            broken = tab.evaluate("""async () => {
              const images = [...document.images];
              for (const image of images) image.loading = "eager";
              await Promise.all(images.map((image) => image.decode().catch(() => 0)));
              return images.filter((image) => !image.naturalWidth).map((image) => image.src);
            }""")
            assert broken == []


def test_a_picture_opens_large_and_keys_lead_on(chromium: Any, site: Path) -> None:
    with opened(chromium, site / "spatial.html") as tab:
        tab.locator(".picture").first.focus()
        tab.keyboard.press("Enter")
        viewer = tab.get_by_role("dialog")
        first = viewer.locator("img").get_attribute("src")
        tab.keyboard.press("ArrowRight")
        assert viewer.locator("img").get_attribute("src") != first
        tab.keyboard.press("ArrowLeft")
        assert viewer.locator("img").get_attribute("src") == first
        tab.keyboard.press("Escape")
        assert viewer.count() == 0
        assert tab.evaluate("document.activeElement.className") == "picture"


def test_hostile_texts_do_nothing(chromium: Any, site: Path) -> None:
    with opened(chromium, site / "evil.html") as tab:
        tab.locator(".picture").first.click()
        tab.mouse.move(400, 400)
        tab.keyboard.press("Escape")
        assert "<script>alert(1)</script>" in tab.inner_text(".card")


def test_without_scripts_everything_can_be_read(chromium: Any, site: Path) -> None:
    with opened(chromium, site / "index.html", java_script_enabled=False) as tab:
        assert tab.locator(".tile:visible").count() == 9 and not tab.locator("#filters").is_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_bar_hides_no_heading(chromium: Any, site: Path, width: int) -> None:
    with opened(chromium, site / "spatial.html", viewport={"width": width, "height": 800}) as tab:
        bar, head = tab.locator(".top").bounding_box(), tab.locator("h1").bounding_box()
        assert head["y"] >= bar["y"] + bar["height"]
