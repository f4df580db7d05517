"""``pgt series``: a recipe in which one let or pick of a spec is stepped through levels and all else is alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from pgt_dsl.psychometrics.series import Ladder


@click.command("series")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--along", required=True, metavar="NAME",
              help="The let or pick that is stepped; or `margin`, by which answers are clear.")  # fmt: skip
@click.option("--levels", default="8", show_default=True,
              help='How many, over the whole range; or the levels, as in "2vmin, 3vmin, 5vmin".')  # fmt: skip
@click.option("--axis", type=click.Choice(["log2", "linear"]),
              help="Equal ratios or equal differences (default: ratios of lengths and numbers above 0).")  # fmt: skip
@click.option("--easier", type=click.Choice(["higher", "lower"]),
              help="Which levels are the easier ones (default: that is seen from the answers).")  # fmt: skip
@click.option("--count", "-n", type=click.IntRange(1), default=400, show_default=True,
              help="Samples in all, rounded up to equal numbers.")  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed, the same samples.")
@click.option("--size", type=click.IntRange(1), help="Short side of the pictures, in px (default: 336).")
@click.option("--styles", default="short", show_default=True, help="Answer forms by weight: short=3,options=1.")
@click.option("--out", "-o", type=click.Path(path_type=Path), required=True, help="The recipe (.toml) to write.")
@click.option("--overwrite", is_flag=True, help="Replace the recipe that is there.")
def command(
    spec: Path, along: str, levels: str, axis: str | None, easier: str | None, count: int, seed: int,
    size: int | None, styles: str, out: Path, overwrite: bool,
) -> int:  # fmt: skip
    """Write a recipe that steps one let or pick of SPEC through levels, with equal numbers of samples a level.

    `pgt build` makes the data set, as of any recipe. In it every sample says its level: `pgt probe` fits the curve of a
    model along it, with the threshold and its interval.
    """
    from pgt_dsl.api import load
    from pgt_dsl.psychometrics.series import ladder, recipe_text

    if out.suffix != ".toml":
        raise PgtError(
            f"`{out}` is no recipe: give it a name that ends in .toml; `pgt build {out}.toml` makes the data set"
        )
    task = load(spec)
    rising = None if easier is None else easier == "higher"
    found = ladder(task.program, along, int(levels) if levels.strip().isdigit() else levels, axis, rising)
    text = recipe_text(found, task.name, _beside(spec, out), count, seed, styles, size)
    _write(out, text, overwrite)
    _say(found, out, count)
    return 0


def _beside(spec: Path, recipe: Path) -> str:
    """How the recipe names the spec. Raises ``PgtError`` when it cannot: a recipe does not leave its folder."""
    from pgt_dsl.resources import data_path

    for folder in (recipe.parent, data_path("task_specs")):
        try:
            return spec.resolve().relative_to(folder.resolve()).as_posix()
        except ValueError:
            continue
    raise PgtError(f"a recipe names specs below its own folder, and `{spec}` is not below `{recipe.parent}`: write it "
                   f"as --out {spec.parent / recipe.name}")  # fmt: skip


def _write(out: Path, text: str, overwrite: bool) -> None:
    """Write the recipe when it is right: a fault that only its tasks show is told at its line."""
    from pgt_dsl.api import load_changed
    from pgt_dsl.dataset.recipe import read_recipe
    from pgt_dsl.dataset.series import check_series

    if out.exists() and not overwrite:
        raise PgtError(f"`{out}` is there; --overwrite replaces it")
    new = out.with_name(f".{out.stem}.new.toml")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        new.write_text(text, encoding="utf-8", newline="\n")
        try:
            recipe, portions = read_recipe(new)
            tasks = load_changed((portion.file, portion.changes) for portion in portions)
            if recipe.series is not None:
                check_series(recipe.series, [task.program for task in tasks])
            new.replace(out)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise PgtError(f"cannot write `{out}`: {error.strerror or error}") from error


def _say(found: Ladder, out: Path, count: int) -> None:
    if not found.levels:
        click.echo(f"{out}: {count:,} samples, as clear as they come")
        return
    many = len(found.levels)
    each = -(-count // many)
    click.echo(f"{out}: {many} levels of `{found.series.along}` with {each:,} samples each: "
               + ", ".join(map(found.text, found.levels)))  # fmt: skip
