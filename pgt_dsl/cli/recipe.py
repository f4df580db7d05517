"""``pgt recipe check``: what a recipe will give, and what is wrong with it, before anything is built."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from rich.console import Console

    from pgt_dsl.cli.build import Order
    from pgt_dsl.dataset.forecast import Forecast, TaskForecast
    from pgt_dsl.dataset.plan import Plan
    from pgt_dsl.dataset.stages import StagePart
    from pgt_dsl.dataset.task import Task


@click.group("recipe")
def command() -> None:
    """Recipes of data sets: what they will give."""


@command.command("check")
@click.argument("recipe", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
def check(recipe: Path, as_json: bool) -> int:
    """Say what RECIPE will give: samples by task, split and style, size and time, and what is mixed in.

    All records that it mixes in are read and checked, and a few samples of each task are made. The exit status is 1
    when the recipe cannot be built as it is.
    """
    from rich.console import Console

    from pgt_dsl.dataset.forecast import forecast

    if recipe.suffix != ".toml":
        raise PgtError(f"`{recipe}` is no recipe: it ends in .toml. Specs are checked by `pgt check`")
    errors = Console(stderr=True, highlight=False)
    plan, order = plan_of(recipe, errors)
    found = forecast(plan)
    if as_json:
        click.echo(json.dumps({**asdict(found), "samples": found.samples, "woven": found.woven, "bytes": found.bytes,
                               "seconds": found.seconds, "styles": found.styles}, indent=1))  # fmt: skip
    else:
        console = Console(highlight=False)
        show(found, console, errors)
        if (series := order.recipe.series) is not None:
            unit = f" ({series.unit})" if series.unit else ""
            console.print(f"a series along {series.along}{unit}, {series.axis}", markup=False)
        for part in order.recipe.split:
            if part.where is not None and order.parted is not None:
                console.print(f"{part.name}: only where {part.where}, and no other split has it", markup=False)
                if left := order.parted.left.get(part.name):
                    errors.print(f"warning: {part.name}: holds out nothing of {', '.join(left)}, which lack names of "
                                 f"`{part.where}`", markup=False)  # fmt: skip
        for line in _stages(plan, order.recipe.stage):
            console.print(line, markup=False)
        for task, (_, changes) in zip(plan.tasks, order.changed, strict=True):
            if changes.clearer != 1:
                console.print(f"{task.name}: answers are clear by {changes.clearer:g} times as much", markup=False)
            if changes.set:
                told = [f"{name} = {' '.join(text.span.text.split())}" for name, text in changes.set.items()]
                console.print(f"{task.name}: set to {', '.join(told)}", markup=False)
            for name, steps in changes.steps.items():
                console.print(f"{task.name}: {_stepped(task, name, steps.group)}", markup=False)
        if plan.setup.foreign:
            console.print(f"asked in {_languages(plan)}", markup=False)
    return int(any(task.error for task in found.tasks))


def _languages(plan: Plan) -> str:
    """The shares of the languages in all samples."""
    shares: dict[str, float] = {}
    for spoken, planned in zip(plan.setup.languages, plan.planned, strict=True):
        whole = sum(weight for _, weight in spoken.weights)
        for code, weight in spoken.weights:
            shares[code] = shares.get(code, 0.0) + planned * weight / whole
    return ", ".join(f"{code} {share / sum(shares.values()):.0%}" for code, share in sorted(shares.items()))


def plan_of(path: Path, errors: Console) -> tuple[Plan, Order]:
    """The plan of a recipe, and the recipe as it was read. Raises ``PgtError``."""
    from pgt_dsl.cli.build import mixes_told, read_order, tasks_of
    from pgt_dsl.dataset.encode import Encoding
    from pgt_dsl.dataset.pipeline import open_photos
    from pgt_dsl.dataset.plan import make_plan

    order = read_order((path,), None)
    recipe = order.recipe
    tasks = tasks_of(order)
    with mixes_told(path, recipe):
        plan = make_plan(
            tasks, order.count, recipe.seed, recipe.format, recipe.size, open_photos(order.photos), order.styles, None,
            Encoding(recipe.image, recipe.quality), 1000, recipe.suffix, order.splits, order.mixes,
            lambda text: errors.print(text, markup=False), recipe.coordinates,
            order.only, order.languages,
        )  # fmt: skip
    return plan, order


def _stages(plan: Plan, stages: Sequence[StagePart]) -> Iterator[str]:
    """What each stage gives."""
    for part in stages:
        mine = [k for k, task in enumerate(plan.tasks) if task.program.stage and task.program.stage.name == part.name]
        count = sum(plan.planned[k] for k in mine)
        share = count / max(sum(plan.planned), 1)
        bounds = plan.tasks[mine[0]].program.stage if mine and part.clear else None
        clear = "of any margin" if bounds is None else f"clear by {bounds}"
        yield f"stage {part.name}: {count:,} samples ({share:.1%}) of {len(mine)} tasks, {clear}"


def _stepped(task: Task, name: str, group: bool) -> str:
    """What a sweep or levels of a task give."""
    pick = next(pick for pick in task.program.picks if pick.name == name)
    nodes = task.program.nodes
    told = []
    for node in nodes[pick.values].args:
        value, unit = nodes[node].attrs["value"], nodes[node].attrs.get("unit", "")
        named = next((word for word, code in task.registry.colors.items() if code == value), None)
        told.append(str(named if nodes[node].type.base == "color" else f"{value:.4g}{unit}"
                        if isinstance(value, float) else value))  # fmt: skip
    values = ", ".join(told)
    if group:
        return f"groups of {len(told)} in which `{name}` is {values} and all else is held"
    return f"equally many samples with `{name}` at {values}"


def show(found: Forecast, console: Console, errors: Console) -> None:
    """The forecast for people."""
    from rich.markup import escape
    from rich.table import Table

    names = list(found.splits)
    table = Table("task", *names, *(["all"] if len(names) > 1 else []), "styles", "size", box=None, pad_edge=False)
    for column in table.columns[1 : 1 + len(names) + (len(names) > 1)]:
        column.justify = "right"
    for task in found.tasks:
        parts = [f"{task.samples[name]:,}" for name in names]
        whole = [f"{task.count:,}"] if len(names) > 1 else []
        table.add_row(escape(task.name), *parts, *whole, _shares(task), "" if task.error else _bytes(task.bytes))
    for mix in found.mixes:
        parts = [f"{mix.woven:,}" if name == mix.split else "" for name in names]
        whole = [f"{mix.woven:,}"] if len(names) > 1 else []
        table.add_row(f"+ {escape(mix.name)}", *parts, *whole, f"of {mix.records:,} records", _bytes(mix.bytes))
    console.print(table)
    for mix in found.mixes:
        if mix.skipped:
            console.print(f"{mix.name}: {mix.skipped:,} bad records are left out, {mix.missing:,} of them for an image "
                          "that is not there", markup=False)  # fmt: skip
            for reason in mix.reasons:
                console.print(f"  {reason}", markup=False)
    for name, (ours, theirs) in found.splits.items():
        if theirs:
            console.print(f"{name}: {ours:,} samples and {theirs:,} records, 1 to {theirs / max(ours, 1):.4g}, "
                          f"{theirs / (ours + theirs):.2%} theirs", markup=False)  # fmt: skip
    styles = ", ".join(f"{style} {share:.0%}" for style, share in found.styles.items())
    console.print(f"{found.samples + found.woven:,} rows of {found.format}, about {_bytes(found.bytes)} and "
                  f"{_time(found.seconds)} on one core; answers: {styles}", markup=False)  # fmt: skip
    place = next((task for task in found.tasks if task.place), None)
    if place is not None:
        console.print(f"places are given in `{found.coordinates}`, as in {place.place} ({place.name})", markup=False)
    for warning in found.warnings:
        errors.print(f"warning: {warning}", markup=False)
    for task in found.tasks:
        for warning in task.warnings:
            errors.print(f"warning: {task.name}: {warning}", markup=False)
    for task in found.tasks:
        if task.error:
            errors.print(f"error: {task.name}: {task.error}", markup=False, style="red")


def _shares(task: TaskForecast) -> str:
    if task.error:
        return "cannot be made"
    return ", ".join(f"{style} {share:.0%}" for style, share in task.styles.items())


def _bytes(size: float) -> str:
    """``12 MB``: powers of ten, as disks are sold."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g} {unit}" if size < 100 else f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
