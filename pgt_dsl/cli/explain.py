"""``pgt explain``: the page of a diagnostic's code, with an example and its mending."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from pgt_dsl.diagnostics import PgtError


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain a code such as T201; without a code, list all of them."""
    pages = _pages()
    if code is None:
        for name, path in pages.items():
            click.echo(f"{name}  {_title(path, name)}")
        return
    wanted = code.strip().upper()
    if wanted not in pages:
        raise PgtError(f"there is no code `{code}`; `pgt explain` lists all of them")
    click.echo(pages[wanted].read_text(encoding="utf-8").rstrip())


def _pages() -> dict[str, Path]:
    folder = Path(str(files("pgt_dsl") / "pages"))
    return {path.stem: path for path in sorted(folder.glob("*.md"))}


def _title(path: Path, code: str) -> str:
    with path.open(encoding="utf-8") as file:
        first = file.readline().lstrip("# ").strip()
    return first.removeprefix(code).lstrip(" :.-\u2013\u2014")
