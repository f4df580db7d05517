"""Every code has a page, every page a code; the wrong examples give their codes, and the mended ones compile."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pgt_dsl
from pgt_dsl.compile import compile_source
from pgt_dsl.diagnostics import Diagnostic, SpecError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.source import Source

PACKAGE = Path(pgt_dsl.__file__).parent
PAGES = sorted((PACKAGE / "pages").glob("*.md"))
_CODE = re.compile(r'"([PLNTWRC][0-9]{3})"')
_FENCE = re.compile(r"^```([a-z-]+)\n(.*?)^```$", re.M | re.S)
OF_RUNS = {f"S5{k:02}" for k in (*range(1, 13), *range(21, 27))}  # found by running a task, not by reading it
WITHOUT_EXAMPLE = {  # about files as such, or too long for a page
    "P201", "P202", "P203", "P204", "R801", "R802", "R803", "R804", "R805", "R806", "R807", "R808",
    "R809", "R810", "R811", "R812", "R813", "R814", "R815", "L601", "L603", "L604", "L607", "L608", "L609",
    *(f"C9{k:02}" for k in range(1, 12)),  # of catalogues; tests/catalog has their reports
}  # fmt: skip


def diagnostics(text: str) -> list[Diagnostic]:
    try:
        return list(compile_source(Source("example.pgt", text), registry()).warnings)
    except SpecError as error:
        return list(error.diagnostics)


def test_codes_and_pages_are_the_same() -> None:
    codes = {code for path in PACKAGE.rglob("*.py") for code in _CODE.findall(path.read_text(encoding="utf-8"))}
    assert {path.stem for path in PAGES} == codes | OF_RUNS


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_page(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.match(rf"# {path.stem}: \S.+\n\n\S", text)
    fences = _FENCE.findall(text)
    if path.stem in WITHOUT_EXAMPLE:
        assert {kind for kind, _ in fences} <= {"po", "toml"}, "what is no spec is not compiled here"
        return
    wanted = "pgt-run" if path.stem in OF_RUNS else "pgt-error"
    assert [kind for kind, _ in fences] == [wanted, "pgt"]
    wrong, mended = (diagnostics(body) for _, body in fences)
    if path.stem in OF_RUNS:
        assert not wrong
    else:
        assert {d.code for d in wrong} == {path.stem}
    allowed = {"W701"} if path.stem != "W701" else set()
    assert {d.code for d in mended} <= allowed
