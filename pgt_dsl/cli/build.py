"""``pgt build``: specs become a data set."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import Console

    from pgt_dsl.dataset.build import Progress
    from pgt_dsl.dataset.manifest import Manifest
    from pgt_dsl.dataset.mix.source import Mix
    from pgt_dsl.dataset.recipe import Recipe
    from pgt_dsl.dataset.task import Task
    from pgt_dsl.heldout import Parted
    from pgt_dsl.passage import Changes

DEFAULT_COUNT = 1000


@click.command("build")
@click.argument("specs", nargs=-1, type=click.Path(path_type=Path))
@click.option("--count", "-n", type=click.IntRange(1), help="Samples in all (default: 1000, or the recipe's).")
@click.option("--out", "-o", required=True, help="The folder of the data set, or a URL: s3://bucket/name.")
@click.option("--work", type=click.Path(path_type=Path), help="For a URL: a folder to make it in (default: a cache).")
@click.option("--seed", type=int, help="The same seed, the same samples (default: 0).")
@click.option("--format", "format_", help="parquet (default), llava, imagefolder, ...: `pgt plugins` lists them.")
@click.option("--size", type=int, help="Short side of the pictures, in px (default: 336).")
@click.option("--photos", type=click.Path(path_type=Path), help="A folder of photos (default: the shipped ones).")
@click.option("--image", help="png (default), jpeg, webp or raw.")
@click.option("--quality", type=int, help="Of JPEG (default: 95) or WebP (default: without loss), 1 to 100.")
@click.option("--styles", help="Answer forms by weight: short=3,options=1 (default: short).")
@click.option("--language", help="Of the questions, or several by weight: en=2,de=1,zh=1 (default: en).")
@click.option("--coordinates", help="What texts give places in: unit (default), thousand, qwen2_5_vl, square, ...")
@click.option("--renderer", help="The painter (default: the preferred one installed).")
@click.option("--workers", type=click.IntRange(1), help="Processes (default: one for each core, one if it is little).")
@click.option("--engine", default="processes", help="processes (of this machine, the default), or ray (a cluster).")
@click.option("--croissant", is_flag=True, help="Write croissant.json beside the card.")
@click.option("--overwrite", is_flag=True, help="Replace the data set that is in the folder.")
@click.option("--restart", is_flag=True, help="Throw away what a build that was stopped has left there.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
def command(
    specs: tuple[Path, ...], count: int | None, out: str, work: Path | None, seed: int | None, format_: str | None,
    size: int | None, photos: Path | None, image: str | None, quality: int | None, styles: str | None,
    language: str | None, coordinates: str | None, renderer: str | None, workers: int | None, engine: str,
    croissant: bool, overwrite: bool, restart: bool, quiet: bool,
) -> int:  # fmt: skip
    """Build a data set from SPECS: files, folders of them, or one recipe (.toml). Without any: from all shipped tasks.

    COUNT is split evenly over the tasks. A task that fails is named at the end and costs the others nothing; the exit
    status is then 1. A build that was stopped, by Ctrl-C or otherwise, goes on when the same command is given again.
    """
    from rich.console import Console

    from pgt_dsl.dataset.build import Interrupted, build
    from pgt_dsl.dataset.languages import parse_languages
    from pgt_dsl.dataset.pipeline import open_photos
    from pgt_dsl.dataset.record import parse_styles

    console = Console(stderr=True, highlight=False)
    order = read_order(specs, count)
    recipe = order.recipe
    weights = parse_styles(styles) if styles is not None else order.styles
    tasks = tasks_of(order)
    catalog = open_photos(photos or order.photos)
    for problem in catalog.problems:
        console.print(f"photo left out: {problem}", markup=False)

    files = _files(recipe, image, quality)

    def make(progress: Callable[[Progress], None]) -> Manifest:
        with mixes_told(order.path, recipe):
            return build(
                tasks, order.count, out, seed=recipe.seed if seed is None else seed, format=format_ or recipe.format,
                size=recipe.size if size is None else size, photos=catalog, styles=weights, image=files[0],
                quality=files[1], workers=workers, engine=engine, renderer=renderer, overwrite=overwrite,
                restart=restart, progress=progress, suffix=recipe.suffix, splits=order.splits, mixes=order.mixes,
                say=lambda text: console.print(text, markup=False), coordinates=coordinates or recipe.coordinates,
                only=order.only, languages=order.languages if language is None else parse_languages(language),
                croissant=croissant or recipe.croissant, series=recipe.series, work=work,
            )  # fmt: skip

    try:
        total = order.count if isinstance(order.count, int) else sum(order.count)
        manifest = _quietly(make, console) if quiet else _with_bar(make, console, total)
    except Interrupted as stop:
        click.echo(f"\n{stop}", err=True)
        return 130
    report(manifest, out, console)
    return int(bool(manifest.failed))


def _files(recipe: Recipe, image: str | None, quality: int | None) -> tuple[str, int | None]:
    """Kind and quality of the images: those of the command line before the recipe's, whose quality is of its kind."""
    if image is None or image == recipe.image:
        return recipe.image, recipe.quality if quality is None else quality
    return image, quality


def _say_found(progress: Progress, console: Console) -> None:
    console.print(f"going on with the build that was stopped: {progress.found:,} of {progress.planned:,} samples are "
                  "there", markup=False)  # fmt: skip


def _quietly(make: Callable[[Callable[[Progress], None]], Manifest], console: Console) -> Manifest:
    """Build without a bar."""
    said: list[int] = []

    def tell(progress: Progress) -> None:
        if progress.found and not said:
            said.append(progress.found)
            _say_found(progress, console)

    return make(tell)


def _with_bar(make: Callable[[Callable[[Progress], None]], Manifest], console: Console, total: int) -> Manifest:
    """Build with a bar that says which task, how many samples, how many a second, and how long it takes yet."""
    import time

    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
               TimeElapsedColumn(), TextColumn("{task.fields[left]}")]  # fmt: skip
    began = time.monotonic()
    with Bar(*columns, console=console, transient=True) as bar:
        line = bar.add_task("starting", total=total, rate="", left="")

        def tell(progress: Progress) -> None:
            done = progress.done - progress.found
            if progress.found and not done:
                _say_found(progress, bar.console)
            each = (time.monotonic() - began) / max(done, 1)
            bar.update(line, total=progress.planned, completed=progress.done, description=progress.task,
                       rate=rate(done, each), left=left(progress.planned - progress.done, done, each))  # fmt: skip

        return make(tell)


def rate(done: int, each: float) -> str:
    """Samples a second, when ``done`` of them took ``each`` seconds each."""
    if not done or not each:
        return ""
    return f"{1 / each:,.0f}/s" if each < 0.1 else f"{1 / each:.1f}/s"


def left(more: int, done: int, each: float) -> str:
    """How long the rest will take, at the pace so far."""
    if not done:
        return ""
    minutes, seconds = divmod(round(more * each), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d} left"


@dataclass(frozen=True, slots=True)
class Order:
    """What is built: spec files, samples in all or of each, photos, answer styles of all or of each, and the recipe
    (its defaults without one) with its splits, its mixes, its ``path``, what it changes in each file, and
    its tasks when some of them are held out for a split; the languages of all or of each."""

    files: tuple[Path, ...]
    count: int | list[int]
    photos: Path | None
    recipe: Recipe
    styles: Mapping[str, float] | list[Mapping[str, float]]
    splits: Mapping[str, int] = field(default_factory=dict)
    mixes: tuple[Mix, ...] = ()
    path: Path | None = None
    changed: tuple[tuple[Path, Changes], ...] = ()
    parted: Parted | None = None
    languages: str | list[Mapping[str, float]] = "en"

    @property
    def only(self) -> tuple[str | None, ...]:
        """For each task the split that has all its samples, or None; nothing where nothing is held out."""
        return self.parted.only if self.parted else ()


def tasks_of(order: Order) -> list[Task]:
    """The compiled tasks of an order, as many as there are counts in it where it has a recipe."""
    from pgt_dsl.api import load_all, load_changed
    from pgt_dsl.dataset.series import by_margin, check_series

    if order.parted is not None:
        tasks = list(order.parted.tasks)
    else:
        tasks = load_changed(order.changed) if order.changed else load_all(order.files)
    if order.recipe.series is not None:
        check_series(order.recipe.series, [task.program for task in tasks])
        clearer = any(changes.clearer != 1 for _, changes in order.changed)
        if clearer and any(by_margin(order.recipe.series, task.program) for task in tasks):
            raise PgtError("a part with `clear` has margins of its own, and the series goes along those of the spec: "
                           "take `clear` out of the recipe")  # fmt: skip
    return tasks


@contextmanager
def mixes_told(path: Path | None, recipe: Recipe) -> Iterator[None]:
    """Faults of what a recipe mixes in, and languages that tasks do not have, are told at their place in the recipe."""
    from pgt_dsl.dataset.mix.source import MixError
    from pgt_dsl.dataset.plan import Untranslated
    from pgt_dsl.dataset.recipe import recipe_source
    from pgt_dsl.dataset.recipe_faults import fail, mix_fault

    try:
        yield
    except MixError as error:
        if path is None:
            raise
        raise mix_fault(recipe_source(path), error, [mix.name for mix in recipe.mixes(path.parent)]) from None
    except Untranslated as error:
        source = None if path is None else recipe_source(path)
        if source is None or "languages" not in source.text:
            raise
        told = "; ".join(f"`{name}` has no catalogue for `{code}`" for name, code in error.lost[:4])
        more = f", and {len(error.lost) - 4} more" if len(error.lost) > 4 else ""
        fail(source, "R813", told + more, "languages", (), [error.help])


def read_order(specs: tuple[Path, ...], count: int | None) -> Order:
    """Read the arguments: a recipe, specs, or nothing for all shipped tasks."""
    from pgt_dsl.dataset.mix.order import apportion
    from pgt_dsl.dataset.recipe import Recipe, TaskPart, held_out, read_recipe
    from pgt_dsl.dataset.stages import scaled
    from pgt_dsl.heldout import part, splits_of
    from pgt_dsl.resources import data_path

    if [path.suffix for path in specs] == [".toml"]:
        recipe, portions = read_recipe(specs[0])
        photos = specs[0].parent / recipe.photos if recipe.photos else None
        files = tuple(portion.file for portion in portions)
        counts = [portion.samples for portion in portions]
        splits = recipe.splits(sum(counts))
        if count is not None:  # each split keeps its part
            splits = dict(zip(splits, apportion(count, [float(n) for n in splits.values()]), strict=True))
        styles = [portion.styles for portion in portions]
        if count is not None and recipe.stage:  # each stage keeps its part
            names = [portion.changes.stage.name if portion.changes.stage else "" for portion in portions]
            counts = scaled(counts, names, count)
            portions = [portion for portion, n in zip(portions, counts, strict=True) if n]
            files, counts = tuple(portion.file for portion in portions), [n for n in counts if n]
            styles = [portion.styles for portion in portions]
        spoken = [portion.languages for portion in portions]
        held = held_out(recipe, specs[0])
        if held:
            changed = [(portion.file, portion.changes) for portion in portions]
            parted = part(changed, counts, held, count)
            return Order(files, list(parted.counts), photos, recipe, [styles[k] for k in parted.origin],
                         splits_of(splits, parted), recipe.mixes(specs[0].parent), specs[0],
                         tuple(changed[k] for k in parted.origin), parted,
                         [spoken[k] for k in parted.origin])  # fmt: skip
        return Order(files, counts if recipe.stage else count or counts, photos, recipe, styles, splits,
                     recipe.mixes(specs[0].parent), specs[0],
                     tuple((portion.file, portion.changes) for portion in portions), languages=spoken)  # fmt: skip
    mixed = next((path for path in specs if path.suffix == ".toml"), None)
    if mixed is not None:
        raise PgtError(f"a recipe stands alone; name the other specs in a [[task]] of `{mixed}`")
    files = specs or (data_path("task_specs"),)
    recipe = Recipe(task=(TaskPart(specs="all"),), count=DEFAULT_COUNT)
    return Order(files, count or DEFAULT_COUNT, None, recipe, recipe.styles)


def report(manifest: Manifest, out: str | Path, console: Console) -> None:
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
    for mix in manifest.mixes:
        skipped = f", {mix.skipped:,} bad ones left out" if mix.skipped else ""
        console.print(f"{mix.count:,} of {mix.records:,} records of {mix.name} woven into {mix.split}{skipped}",
                      markup=False)  # fmt: skip
    console.print(f"{manifest.count:,} samples in {out}, manifest {str(out).rstrip('/')}/manifest.json", markup=False,
                  soft_wrap=True)  # fmt: skip
    console.print("\n" + manifest.usage, markup=False, soft_wrap=True)
