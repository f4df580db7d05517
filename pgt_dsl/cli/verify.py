"""``pgt verify``: a finished data set is made again from its own folder, judged, and reported on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rich.console import Console

    from pgt_dsl.program.program import Program
    from pgt_dsl.verify.report import Report

PAGE, DATA = "verify.html", "verify.json"


@click.command("verify")
@click.argument("dataset")
@click.option("--photos", type=click.Path(path_type=Path), help="The folder of photos (default: the shipped ones).")
@click.option("--share", type=float, default=1.0, show_default=True, help="Judge so much of it, chosen by index.")
@click.option("--workers", type=click.IntRange(1), help="Processes (default: one for each core, one if it is little).")
@click.option("--out", "-o", type=click.Path(path_type=Path), help="Folder of the report (default: the data set's).")
@click.option("--specs", multiple=True, type=click.Path(path_type=Path),
              help="Take programs from specs, for a data set that holds none.")  # fmt: skip
@click.option("--most", type=click.IntRange(0), default=20, show_default=True, help="Faults to show here.")
@click.option("--quiet", "-q", is_flag=True, help="No progress bar.")
def command(
    dataset: str, photos: Path | None, share: float, workers: int | None, out: Path | None, specs: tuple[Path, ...],
    most: int, quiet: bool,
) -> int:  # fmt: skip
    """Verify a finished DATASET from its folder alone: make every sample again, judge it, and write a report.

    A URL is fetched first into a temporary folder, which takes as much room as the data set (TMPDIR says where).
    Writes verify.html and verify.json. The exit status is 1 when anything is wrong.
    """
    from rich.console import Console

    from pgt_dsl.dataset.storage import is_url
    from pgt_dsl.verify.page import page
    from pgt_dsl.verify.run import verify

    console = Console(stderr=True, highlight=False)
    programs = _programs(specs)
    if out is None and is_url(dataset):
        raise PgtError(f"`{dataset}` is a URL; --out DIR says where the report goes, as in --out report")
    folder = out or Path(dataset)

    def work(tell: Callable[[int, int, int], None] | None) -> Report:
        return verify(dataset, photos=photos, share=share, workers=workers, programs=programs, progress=tell)

    report = work(None) if quiet else _with_bar(work, console)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / DATA).write_text(report.to_json(), encoding="utf-8", newline="\n")
        (folder / PAGE).write_text(page(report), encoding="utf-8", newline="\n")
    except OSError as error:
        raise PgtError(f"cannot write the report into `{folder}`: {error.strerror or error}; --out DIR puts it "
                       "elsewhere") from error  # fmt: skip
    _say(report, most, folder)
    return int(not report.ok)


def _programs(specs: tuple[Path, ...]) -> Mapping[str, Program]:
    """The programs of specs, by hash."""
    if not specs:
        return {}
    from pgt_dsl.api import load_all

    return {task.hash: task.program for task in load_all(specs)}


def _with_bar(work: Callable[[Callable[[int, int, int], None] | None], Report], console: Console) -> Report:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    with Bar(*columns, console=console, transient=True) as bar:
        line = bar.add_task("verifying", total=None)

        def tell(done: int, planned: int, faults: int) -> None:
            words = "verifying" if done < planned else "comparing with other samples"
            bar.update(
                line, total=planned, completed=done, description=f"{words}, {faults} faults" if faults else words
            )

        return work(tell)


def _say(report: Report, most: int, folder: Path) -> None:
    for fault in report.faults[:most]:
        click.echo(str(fault), err=True)
    if len(report.faults) > most:
        click.echo(f"... and {len(report.faults) - most:,} more faults, all in {folder / DATA}", err=True)
    for one in report.comparisons:
        if one.notable:
            click.echo(f"worth a look: {one.task}: `{one.shape}` ({one.what}) is {one.effect:.2f} off another sample",
                       err=True)  # fmt: skip
    click.echo(f"{'FAULTY' if report.faults else 'ok'}: {report.summary}")
    click.echo(f"report: {folder / PAGE}")
