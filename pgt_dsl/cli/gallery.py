"""``pgt gallery``: a static site of tasks: pictures, questions and answers, specs, yields and audits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pgt_dsl.gallery.run import Done

Tell = Callable[[str, int, int], None]


@click.command("gallery")
@click.argument("specs", nargs=-1, type=click.Path(path_type=Path))
@click.option("--out", "-o", type=click.Path(path_type=Path), required=True, help="The folder of the site.")
@click.option("--count", type=click.IntRange(1, 24), default=4, show_default=True, help="Samples of each task.")
@click.option("--size", type=int, default=336, show_default=True, help="Short side of the pictures, in px.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--photos", type=click.Path(path_type=Path), help="A folder of photos (default: the shipped ones).")
@click.option("--audit", type=click.Path(path_type=Path), metavar="FILE",
              help="Tell what `pgt audit` has kept with `--record FILE` or `--json FILE`.")  # fmt: skip
@click.option("--title", default="", help="The title of the site.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
def command(
    specs: tuple[Path, ...], out: Path, count: int, size: int, seed: int, photos: Path | None, audit: Path | None,
    title: str, quiet: bool,
) -> int:  # fmt: skip
    """Make a site of SPECS (files, or folders of them; all shipped tasks by default): open index.html in its folder.

    It needs no network and no server. A spec that is wrong has its error on the site, and does not stop the others; the
    exit status is then 1. A site that is there already is replaced.
    """
    from pgt_dsl.dataset.pipeline import open_photos
    from pgt_dsl.gallery.audits import audits_beside, read_audits
    from pgt_dsl.gallery.collect import Order
    from pgt_dsl.gallery.run import make_gallery
    from pgt_dsl.plugins.registry import registry
    from pgt_dsl.resources import data_path

    order = Order(count, size, seed, open_photos(photos), registry())
    paths = specs or (data_path("task_specs"),)
    audits = read_audits(audit) if audit is not None else audits_beside(paths)

    def work(tell: Tell) -> Done:
        return make_gallery(paths, out, order, title, audits, tell)

    done = work(lambda *_: None) if quiet else _with_bar(work)
    for entry in done.broken:
        click.echo(f"{entry.file}:\n{entry.error}\n", err=True)
    for name in done.unknown:
        click.echo(f"warning: `{name}` was audited, and is not among these tasks", err=True)
    shown = len(done.entries) - len(done.broken)
    broken = f", {len(done.broken)} with an error" if done.broken else ""
    click.echo(f"{shown} {'task' if shown == 1 else 'tasks'}{broken}: open {out / 'index.html'}")
    return int(bool(done.broken))


def _with_bar(work: Callable[[Tell], Done]) -> Done:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = [TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        line = bar.add_task("drawing", total=None)

        def tell(name: str, done: int, planned: int) -> None:
            bar.update(line, total=planned, completed=done, description=name)

        return work(tell)
