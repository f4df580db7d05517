"""``pgt build``: specs become a data set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from pgt_dsl.dataset.manifest import Manifest


@click.command("build")
@click.argument("specs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--count", "-n", type=click.IntRange(1), default=1000, show_default=True, help="Samples in all.")
@click.option("--out", "-o", type=click.Path(path_type=Path), required=True, help="The folder of the data set.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--format", "format_", default="parquet", show_default=True, help="parquet, llava, imagefolder, ...")
@click.option("--size", type=int, default=336, show_default=True, help="Short side of the pictures, in px.")
@click.option("--photos", type=click.Path(path_type=Path), help="A folder of photos (default: the shipped ones).")
@click.option("--styles", default="short", show_default=True, help="Answer forms by weight: short=3,options=1.")
@click.option("--renderer", help="The painter (default: the preferred one installed).")
@click.option("--workers", type=click.IntRange(1), help="Processes (default: one for each core).")
@click.option("--overwrite", is_flag=True, help="Replace the data set that is in the folder.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
def command(
    specs: tuple[Path, ...], count: int, out: Path, seed: int, format_: str, size: int, photos: Path | None,
    styles: str, renderer: str | None, workers: int | None, overwrite: bool, quiet: bool,
) -> int:  # fmt: skip
    """Build a data set from specs: files, or folders of them.

    COUNT is split evenly over the tasks. A task that fails is named at the end and costs the others nothing; the exit
    status is then 1. An interrupted build leaves nothing behind.
    """
    from rich.console import Console

    from pgt_dsl.api import load_all
    from pgt_dsl.dataset.build import Progress, build
    from pgt_dsl.dataset.pipeline import open_photos
    from pgt_dsl.dataset.record import parse_styles

    console = Console(stderr=True, highlight=False)
    weights = parse_styles(styles)
    tasks = load_all(specs)
    catalog = open_photos(photos)
    for problem in catalog.problems:
        console.print(f"photo left out: {problem}", markup=False)

    def make(progress: object = None) -> Manifest:
        return build(
            tasks, count, out, seed=seed, format=format_, size=size, photos=catalog, styles=weights,
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
            line = bar.add_task("starting", total=count)

            def tell(progress: Progress) -> None:
                bar.update(line, completed=progress.done, description=progress.task)

            manifest = make(tell)
    report(manifest, out, console)
    return int(bool(manifest.failed))


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
