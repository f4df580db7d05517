"""A recipe asks for samples by number and by weight; a faulty one is told what is wrong, all at once, with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgt_dsl.dataset.mix.order import apportion
from pgt_dsl.dataset.recipe import read_recipe
from pgt_dsl.diagnostics import PgtError, SpecError

SPEC = 'task "{name}"\nshape a: figure\nask "Where?"\n  answer a.at within 3vmin\n'


def folder(tmp_path: Path, recipe: str) -> Path:
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.pgt").write_text(SPEC.format(name=name))
    path = tmp_path / "mix.toml"
    path.write_text(recipe)
    return path


def test_fixed_numbers_come_first_and_the_rest_goes_by_weight(tmp_path: Path) -> None:
    recipe, portions = read_recipe(folder(tmp_path, """
seed = 3
count = 100
[[task]]
specs = "one.pgt"
samples = 10
[[task]]
specs = "t*.pgt"
weight = 2
"""))  # fmt: skip
    assert recipe.seed == 3
    assert [(p.file.stem, p.samples) for p in portions] == [("one", 10), ("three", 45), ("two", 45)]


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 100), min_size=1, max_size=20))
def test_parts_add_up_and_are_off_by_less_than_one(total: int, weights: list[float]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    assert all(abs(p - total * w / sum(weights)) < 1 for p, w in zip(parts, weights, strict=True))


@pytest.mark.parametrize(
    ("recipe", "code", "words"),
    [
        ('[[task]]\nspec = "one.pgt"\nsamples = 1', "R801", "did you mean `specs`?"),
        ('seeds = 1\n[[task]]\nspecs = "one.pgt"\nsamples = 1', "R801", "did you mean `seed`?"),
        ('[[task]]\nspecs = "one.pgt"', "R801", "give every task its `samples`"),
        ('[[task]]\nspecs = "one.pgt"\nsamples = 0', "R801", "greater than or equal to 1"),
        ('[[task]]\nspecs = "../../etc/*"\nsamples = 1', "R802", "leaves the folder"),
        ('[[task]]\nspecs = "four.pgt"\nsamples = 1', "R802", "matches no spec"),
        ('[[task]]\nspecs = "*.pgt"\nsamples = 1\n[[task]]\nspecs = "one"\nsamples = 1', "R803", "asked for twice"),
        ('count = 2\n[[task]]\nspecs = "one"\nsamples = 2\n[[task]]\nspecs = "two"', "R804", "nothing is left"),
        ('styles = {long = 1}\n[[task]]\nspecs = "one"\nsamples = 2', "R801", "no answer style `long`"),
        ('image = "gif"\n[[task]]\nspecs = "one"\nsamples = 2', "R801", "there are: png, jpeg, webp, raw"),
        ('quality = 90\n[[task]]\nspecs = "one"\nsamples = 2', "R801", "a PNG file has no quality"),
        ('image = "webp"\nquality = 0\n[[task]]\nspecs = "one"\nsamples = 2', "R801", "1 to 100, not 0"),
        ("size = = 3", "R801", "not TOML"),
        ("count = 3", "R801", "a recipe needs `task`"),
        ("[[task]]\nsamples = 3", "R801", "a task needs `specs`"),
    ],
)
def test_a_faulty_recipe_is_told_what_is_wrong(tmp_path: Path, recipe: str, code: str, words: str) -> None:
    with pytest.raises(SpecError) as caught:
        read_recipe(folder(tmp_path, recipe))
    assert code in {d.code for d in caught.value.diagnostics}
    assert words in str(caught.value)


def test_what_pictures_are_written_as(tmp_path: Path) -> None:
    recipe, _ = read_recipe(folder(tmp_path, 'image = "jpeg"\nquality = 90\n[[task]]\nspecs = "one"\nsamples = 2'))
    assert (recipe.image, recipe.quality) == ("jpeg", 90)
    with pytest.raises(SpecError) as caught:
        read_recipe(folder(tmp_path, 'seed = 1\nquality = 90\n[[task]]\nspecs = "one"\nsamples = 2'))
    (found,) = caught.value.diagnostics
    assert found.label is not None and found.label.span.where().endswith("mix.toml:2:1")


def test_a_recipe_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xc3\x28")
    with pytest.raises(PgtError, match="a recipe is UTF-8 text"):
        read_recipe(tmp_path / "binary.toml")
    with pytest.raises(PgtError, match="cannot read the recipe"):
        read_recipe(tmp_path / "nowhere.toml")


def test_several_faults_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(SpecError) as caught:
        read_recipe(folder(tmp_path, 'seed = "x"\nsize = 3\n[[task]]\nspecs = "one"\nsamples = -1'))
    assert len(caught.value.diagnostics) == 3
