"""``pgt build``: specs become a data set."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from rich.console import Console

    from pgt_dsl.dataset.manifest import Manifest
    from pgt_dsl.dataset.recipe import Recipe

DEFAULT_COUNT = 1000


@click.command("build")
@click.argument("specs", nargs=-1, type=click.Path(path_type=Path))
@click.option("--count", "-n", type=click.IntRange(1), help="Samples in all (default: 1000, or the recipe's).")
@click.option("--out", "-o", type=click.Path(path_type=Path), required=True, help="The folder of the data set.")
@click.option("--seed", type=int, help="The same seed, the same samples (default: 0).")
@click.option("--format", "format_", help="parquet (default), llava, imagefolder, or a plugin's.")
@click.option("--size", type=int, help="Short side of the pictures, in px (default: 336).")
@click.option("--photos", type=click.Path(path_type=Path), help="A folder of photos (default: the shipped ones).")
@click.option("--styles", help="Answer forms by weight: short=3,options=1 (default: short).")
@click.option("--renderer", help="The painter (default: the preferred one installed).")
@click.option("--workers", type=click.IntRange(1), help="Processes (default: one for each core).")
@click.option("--overwrite", is_flag=True, help="Replace the data set that is in the folder.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
def command(
    specs: tuple[Path, ...], count: int | None, out: Path, seed: int | None, format_: str | None, size: int | None,
    photos: Path | None, styles: str | None, renderer: str | None, workers: int | None, overwrite: bool, quiet: bool,
) -> int:  # fmt: skip
    """Build a data set from SPECS: files, folders of them, or one recipe (.toml). Without any: from all shipped tasks.

    COUNT is split evenly over the tasks. A task that fails is named at the end and costs the others nothing; the exit
    status is then 1. An interrupted build leaves nothing behind.
    """
    from rich.console import Console

    from pgt_dsl.api import load_all
    from pgt_dsl.dataset.build import Progress, build
    from pgt_dsl.dataset.pipeline import open_photos
    from pgt_dsl.dataset.record import parse_styles

    console = Console(stderr=True, highlight=False)
    order = _order(specs, count)
    recipe = order.recipe
    weights = parse_styles(styles) if styles is not None else dict(recipe.styles)
    tasks = load_all(order.files)
    if isinstance(order.count, list) and len(order.count) != len(tasks):
        raise PgtError("a recipe names tasks, and one of its files is a module")
    catalog = open_photos(photos or order.photos)
    for problem in catalog.problems:
        console.print(f"photo left out: {problem}", markup=False)

    def make(progress: object = None) -> Manifest:
        return build(
            tasks, order.count, out, seed=recipe.seed if seed is None else seed, format=format_ or recipe.format,
            size=recipe.size if size is None else size, photos=catalog, styles=weights,
            workers=workers or cores(), renderer=renderer, overwrite=overwrite, progress=progress,  # type: ignore[arg-type]
        )  # fmt: skip

    if quiet:
        manifest = make()
    else:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                   TimeRemainingColumn()]  # fmt: skip
        with Bar(*columns, console=console, transient=True) as bar:
            line = bar.add_task("starting", total=order.count if isinstance(order.count, int) else sum(order.count))

            def tell(progress: Progress) -> None:
                bar.update(line, completed=progress.done, description=progress.task)

            manifest = make(tell)
    report(manifest, out, console)
    return int(bool(manifest.failed))


@dataclass(frozen=True, slots=True)
class Order:
    """What is built: spec files, samples in all or of each, photos, and the recipe (its defaults without one)."""

    files: tuple[Path, ...]
    count: int | list[int]
    photos: Path | None
    recipe: Recipe


def _order(specs: tuple[Path, ...], count: int | None) -> Order:
    """Read the arguments: a recipe, specs, or nothing for all shipped tasks."""
    from pgt_dsl.dataset.recipe import Recipe, TaskPart, read_recipe
    from pgt_dsl.resources import data_path

    if [path.suffix for path in specs] == [".toml"]:
        recipe, portions = read_recipe(specs[0])
        photos = specs[0].parent / recipe.photos if recipe.photos else None
        files = tuple(portion.file for portion in portions)
        return Order(files, count or [portion.samples for portion in portions], photos, recipe)
    mixed = next((path for path in specs if path.suffix == ".toml"), None)
    if mixed is not None:
        raise PgtError(f"a recipe stands alone; name the other specs in a [[task]] of `{mixed}`")
    files = specs or (data_path("task_specs"),)
    return Order(files, count or DEFAULT_COUNT, None, Recipe(task=(TaskPart(specs="all"),), count=DEFAULT_COUNT))


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def report(manifest: Manifest, out: Path, console: Console) -> None:
    """Counts by task and by reason of rejection, where the manifest is, how to load."""
    from rich.markup import escape
    from rich.table import Table

    table = Table("task", "samples", "yield", "most often rejected by", box=None, pad_edge=False)
    for task in manifest.tasks:
        share = "" if task.rate is None else f"{task.rate:.1%}"
        worst = [f"{y.label or y.reason} ({1 - y.rate:.0%})" for y in task.yields[:2] if y.passed < y.tried]
        count = f"{task.count:,}" + (f" of {task.planned:,}" if task.count < task.planned else "")
        table.add_row(escape(task.name), count, share, escape("; ".join(worst)))
    console.print(table)
    for task in manifest.tasks:
        for warning in task.warnings:
            console.print(f"warning: {warning}", markup=False)
    for task in manifest.failed:
        console.print(f"failed: {task.name}: {task.error}", markup=False, style="red")
    console.print(f"{manifest.count:,} samples in {out}, manifest {out / 'manifest.json'}", markup=False)
    console.print("\n" + manifest.usage, markup=False)
