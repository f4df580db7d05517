"""``pgt push``: a finished data set into shared storage."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("push")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("url")
@click.option("--overwrite", is_flag=True, help="Replace the data set that is there.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
def command(folder: Path, url: str, overwrite: bool, quiet: bool) -> int:
    """Copy the data set in FOLDER to a URL, such as s3://bucket/name: whatever fsspec knows and is installed.

    The manifest comes last, and only where none is: a data set is there as a whole or not at all. What was stopped
    goes on when the same command is given again.
    """
    from rich.console import Console

    from pgt_dsl.dataset.push import push

    console = Console(stderr=True, highlight=False)

    def told(done: int, all_: int, name: str) -> None:
        if not quiet:
            console.print(f"{done} of {all_}  {name}", markup=False, soft_wrap=True)

    written = push(folder, url, overwrite=overwrite, told=told)
    said = f"{written} files written to {url}" if written else f"{url} holds this data set"
    console.print(said, markup=False, soft_wrap=True)
    return 0
