"""``pgt photos check``: what is in a folder of photos, what is wrong with it, and which specs it can feed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pgt_dsl.dataset.photo_check import Found
    from pgt_dsl.dataset.task import Task

SHOWN = 20  # faults, and categories, that are told one by one


@click.group("photos")
def command() -> None:
    """Folders of photos: what is in them."""


@command.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--specs", type=click.Path(path_type=Path), multiple=True, help="Specs to try (default: the shipped ones)."
)
@click.option("--no-specs", is_flag=True, help="Do not try any specs.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
def check(folder: Path, specs: tuple[Path, ...], no_specs: bool, as_json: bool) -> int:
    """Say what FOLDER holds, what is broken in it, and which specs about photos it can feed.

    Every photo and every map of depth is decoded. The exit status is 1 when something is left out for being broken.
    """
    from dataclasses import asdict

    from pgt_dsl.dataset.photo_check import survey, tried

    found = survey(folder)
    feeds = [] if no_specs else tried(folder, _tasks(specs))
    if as_json:
        click.echo(json.dumps({**asdict(found), "specs": [asdict(feed) for feed in feeds]}, indent=1))
    else:
        _show(found)
        for feed in feeds:
            click.echo(
                f"{'can feed' if feed.fed else 'cannot feed'}  {feed.task}" + (f": {feed.why}" if feed.why else "")
            )
    return int(found.left > 0)


def _tasks(given: Sequence[Path]) -> list[Task]:
    from pgt_dsl.api import load_all
    from pgt_dsl.resources import data_path

    return load_all(given or [data_path("task_specs")])


def _show(found: Found) -> None:
    click.echo(f"{found.photos} photos, {found.smallest[0]} x {found.smallest[1]} to "
               f"{found.largest[0]} x {found.largest[1]} px")  # fmt: skip
    if found.objects:
        click.echo(f"{found.objects} objects on {found.annotated} photos, {found.most} at most on one; "
                   f"{found.outlined} with an outline, {found.crowds} crowds")  # fmt: skip
        named = sorted(found.categories.items(), key=lambda item: (-item[1], item[0]))
        shown = ", ".join(f"{name} {count}" for name, count in named[:SHOWN])
        more = f", and {len(named) - SHOWN} others" if len(named) > SHOWN else ""
        click.echo(f"{len(named)} categories: {shown}{more}")
    else:
        click.echo("no annotated objects")
    click.echo(f"depth: {found.depth or 'none'}" + (f", of {found.deep} photos" if found.depth else ""))
    for fault in found.faults[:SHOWN]:
        click.echo(f"{'left out' if fault.left else 'note'}: {fault}")
    if found.count > SHOWN:
        click.echo(f"... and {found.count - SHOWN} more; --json lists up to {len(found.faults)}")
    if not found.count:
        click.echo("nothing is wrong")
