"""The generated reference is the one that is committed, and every picture that it shows is there."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.docs.fences import DOCS

AGAIN = "run `python docs/generate.py` and commit what it writes"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    sys.path.insert(0, str(DOCS))
    try:
        import generate

        folder = tmp_path_factory.mktemp("docs")
        written = generate.write(folder, pictures=False)
        yield {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in written}
    finally:
        sys.path.remove(str(DOCS))


def test_pages_are_up_to_date(pages: dict[str, str]) -> None:
    for path, text in pages.items():
        committed = DOCS / path
        assert committed.exists(), f"{path} is missing: {AGAIN}"
        assert committed.read_text(encoding="utf-8") == text, f"{path} has drifted from the declarations: {AGAIN}"


def test_every_declaration_is_told(pages: dict[str, str]) -> None:
    from pgt_dsl.builtin import extension
    from pgt_dsl.types.loops import LIST_FUNCTIONS

    for kind in extension.kinds:
        assert f"# {kind.name}\n" in pages["language/kinds.md"]
    for name in [*(f.signature for f in extension.functions), *(f"{name}(" for name in LIST_FUNCTIONS)]:
        assert f"`{name}" in pages["language/functions.md"], name
    for name in [*extension.colors, *extension.forms, *extension.lists]:
        assert f"`{name}`" in pages["language/values.md"]
    for name in extension.modules:
        assert f"## {name}\n" in pages["language/modules.md"]


def test_pictures_are_there(pages: dict[str, str]) -> None:
    shown = {
        (Path(path).parent / target).as_posix()
        for path, text in pages.items()
        for target in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)
    }
    assert len(shown) > 20
    for target in shown:
        with Image.open(DOCS / target) as image:
            assert min(image.size) >= 64


def test_pictures_can_be_painted(pages: dict[str, str]) -> None:
    import pictures

    assert pictures._kind("clock", "pgt/dials").getcolors(maxcolors=100_000)
    assert pictures._kind("figure", "").getpixel((64, 64)) == (245, 138, 31)  # orange
