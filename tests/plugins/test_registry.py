"""The registry: owners, clashes, malformed declarations, and plugins that cannot be loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins import discover
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.extension import (
    BackgroundKind,
    Extension,
    FieldSpec,
    FormatSpec,
    Function,
    Kind,
    RendererSpec,
    Way,
)
from pgt_dsl.plugins.registry import Registry

KIND = Kind("dot", "a dot", (FieldSpec("radius", "length", "= 2px"),), "os.path:join", "os.path:join")
AREA = Function("area", "area(s: shape): area", "its area", "os.path:join", "os.path:join")


def test_everything_has_its_owner() -> None:
    ours = Extension("builtin", kinds=(KIND,), functions=(AREA,), colors={"red": "#ff0000"}, forms=("circle",))
    theirs = Extension(
        "theirs",
        backgrounds=(BackgroundKind("stripes", "", (FieldSpec("n", "int", "~ 2 .. 9"),), "a.b:c"),),
        renderers=(RendererSpec("fast", "", "a:b", 5), RendererSpec("slow", "", "a:b", 50)),
        formats=(FormatSpec("llava-v1.5", "", "a:b"),),
        modules={"grids": "a:text"},
        lists={"primary": ("color", ("red",))},
    )
    found = Registry.load([("pgt-dsl", ours), ("pgt-stripes", theirs)])
    assert found.problems == []
    assert found.owner("kinds", "dot") == "pgt-dsl"
    assert found.owner("formats", "llava-v1.5") == "pgt-stripes"
    assert [r.name for r in found.ranked_renderers()] == ["fast", "slow"]
    assert found.lists["primary"] == ("color", ("red",))
    with pytest.raises(KeyError):
        found.owner("kinds", "blob")


def test_the_preferred_renderer_is_one_whose_needs_are_installed() -> None:
    pillow = "pgt_dsl.paint.reference:make"
    fast = RendererSpec("fast", "", "nowhere:make", 5, needs=("no_such_module_at_all", "json"), extra="pgt-x[fast]")
    bare = replace(fast, name="bare", rank=6, extra="")
    slow = RendererSpec("slow", "", pillow, 50, needs=("PIL",))
    found = Registry.load([("pgt-x", Extension("x", renderers=(slow, fast, bare)))])
    assert found.problems == [] and [r.name for r in found.ranked_renderers()] == ["fast", "bare", "slow"]
    assert found.make_renderer().name == "pillow" == found.make_renderer("slow").name
    with pytest.raises(PgtError) as caught:
        found.make_renderer("fast")
    assert str(caught.value) == (
        "the renderer `fast` needs no_such_module_at_all, which is not installed: pip install 'pgt-x[fast]'"
    )
    with pytest.raises(PgtError, match="pip install 'no_such_module_at_all'"):
        found.make_renderer("bare")
    only = Registry.load([("pgt-x", Extension("x", renderers=(fast,)))])
    with pytest.raises(PgtError, match="no renderer is installed"):
        only.make_renderer()


def test_the_built_in_renderers() -> None:
    """numba where it is installed, Pillow where it is not; those for other devices only by name."""
    found = Registry.load()
    assert [r.name for r in found.ranked_renderers() if r.make.startswith("pgt_dsl.")] == [
        "numba",
        "pillow",
        "torch",
        "triton",
    ]
    assert found.make_renderer().name == "numba"
    assert found.make_renderer("pillow").name == "pillow"


@pytest.mark.parametrize("needs", [("os.path",), "numba", ("",)])
def test_needs_are_modules_at_the_top(needs: tuple[str, ...]) -> None:
    spec = RendererSpec("fast", "", "a:b", 5, needs=needs)
    found = Registry.load([("pgt-x", Extension("x", renderers=(spec,)))])
    assert "fast" not in found.renderers and "which is no module at the top" in found.problems[0]


def test_a_clash_names_both_and_the_built_in_stays() -> None:
    other = replace(KIND, doc="another dot")
    found = Registry.load([("pgt-dsl", Extension("builtin", kinds=(KIND,))), ("pgt-x", Extension("x", kinds=(other,)))])
    assert found.kinds["dot"] is KIND
    assert found.problems == ["pgt-dsl and pgt-x both give the kind `dot`: that of pgt-dsl is used"]


def test_a_clash_of_strangers_is_won_by_none() -> None:
    packs = [(f"pgt-{name}", Extension(name, kinds=(replace(KIND, doc=name),))) for name in "xyz"]
    found = Registry.load(packs)
    assert "dot" not in found.kinds
    assert found.problems[0] == "pgt-x and pgt-y both give the kind `dot`: neither is used"
    assert found.problems[1] == "pgt-x and pgt-y and pgt-z both give the kind `dot`: none of them is used"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (replace(AREA, signature="area(s shape): area"), "not a parameter"),
        (replace(AREA, signature="area(s: shape) area"), "not a signature"),
        (replace(AREA, signature="surface(s: shape): area"), "names `surface`"),
        (replace(AREA, signature="area(s: thing): area"), "no type 'thing'"),
        (replace(AREA, signature="area(s: shape): acres"), "no type 'acres'"),
        (replace(AREA, value="no-colon"), "not a reference"),
    ],
)
def test_a_malformed_function_is_left_out(function: Function, words: str) -> None:
    found = Registry.load([("pgt-x", Extension("x", kinds=(KIND,), functions=(function,)))])
    assert "area" not in found.functions
    assert "dot" in found.kinds
    assert len(found.problems) == 1
    assert found.problems[0].startswith("pgt-x: function `area` is left out: ")
    assert words in found.problems[0]


@pytest.mark.parametrize(
    "signature",
    [
        "area(s: shape): area",
        "area(xs: T[], by: length = mix(1px, 2px)): T",
        "area(): int",
        "area(n: int): point[n * n]",
    ],
)
def test_good_signatures(signature: str) -> None:
    assert Registry.load([("p", Extension("x", functions=(replace(AREA, signature=signature),)))]).problems == []


@pytest.mark.parametrize(
    ("extension", "words"),
    [
        (Extension("x", kinds=(replace(KIND, fields=(FieldSpec("r", "miles"),)),)), "'miles' is not a type"),
        (Extension("x", kinds=(replace(KIND, fields=(FieldSpec("r", "length", "2px"),)),)), "neither `~` nor `=`"),
        (Extension("x", kinds=(replace(KIND, ways=(Way(("weight",)),)),)), "unknown field `weight`"),
        (Extension("x", kinds=(replace(KIND, fields=(FieldSpec("r", "int"), FieldSpec("r", "int"))),)), "twice"),
        (Extension("x", kinds=(replace(KIND, name="my kind"),)), "not a name"),
        (Extension("x", kinds=("dot",)), "of class str"),  # type: ignore[arg-type]
        (Extension("x", colors={"red": "rouge"}), "#rrggbb"),
        (Extension("x", lists={"xs": ("colour", ("red",))}), "'colour' is not a type"),
        (Extension("x", kinds=None), "cannot be read"),  # type: ignore[arg-type]
    ],
)
def test_other_malformed_declarations(extension: Extension, words: str) -> None:
    found = Registry.load([("pgt-x", extension), ("pgt-y", Extension("y", functions=(AREA,)))])
    assert len(found.problems) == 1
    assert words in found.problems[0]
    assert found.problems[0].startswith("pgt-x: ")
    assert "area" in found.functions


def test_references() -> None:
    assert load_ref("os.path:join") is load_ref("os.path:join")
    for ref, words in [
        ("os.path", "not a reference"),
        ("os.path:nothing", "AttributeError"),
        ("no_such_module_at_all:x", "ModuleNotFoundError"),
    ]:
        with pytest.raises(PgtError, match=words) as caught:
            load_ref(ref)
        assert ref in str(caught.value)


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two distributions whose plugins are of no use."""
    for name, body in [("pgt_boom", "raise RuntimeError('boom at import')"), ("pgt_wrong", "extension = 42")]:
        (tmp_path / f"{name}.py").write_text(body, encoding="utf-8")
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n", "utf-8"
        )
        (info / "entry_points.txt").write_text(f"[pgt_dsl.extensions]\nmain = {name}:extension\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield


def test_broken_plugins_are_named_and_the_rest_works(broken: None) -> None:
    found = {f.distribution: f for f in discover.discover()}
    assert found["pgt-boom"].problem == (
        "pgt-boom: cannot load the plugin `main = pgt_boom:extension`: RuntimeError: boom at import"
    )
    assert found["pgt-wrong"].problem == "pgt-wrong: `pgt_wrong:extension` is an int, not an Extension"
    assert discover.is_own(discover.discover()[0])


def test_running_without_installation_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pgt_dsl.plugins.registry.discover", lambda: [])
    with pytest.raises(PgtError, match=r"pip install -e \."):
        Registry.load()
