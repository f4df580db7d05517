"""``pgt fmt``: write specs in the one canonical layout."""

from __future__ import annotations

import os
from pathlib import Path

import click

from pgt_dsl.diagnostics import PgtError, SpecError


@click.command("fmt")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--check", "only_check", is_flag=True, help="Change nothing; the exit status is 1 if a file would change."
)
def command(paths: tuple[Path, ...], only_check: bool) -> int:
    """Format specs in place. Comments stay; a file that does not parse is left as it is, and named."""
    from pgt_dsl.spec_files import spec_files
    from pgt_dsl.syntax.format import format_source
    from pgt_dsl.syntax.limits import read_source

    changed = failed = 0
    for path in spec_files(paths):
        try:
            source = read_source(path)
            text = format_source(source)
        except SpecError as error:
            failed += 1
            click.echo(f"{error}\n", err=True)
            continue
        if text != source.text:
            changed += 1
            click.echo(f"{'would format' if only_check else 'formatted'} {path}")
            if not only_check:
                _replace(path, text)
    return int(failed > 0 or (only_check and changed > 0))


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename, so that an interruption leaves the old text. A link's target is replaced."""
    target = path.resolve()
    aside = target.with_name(f".{target.name}.pgt-new")
    try:
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.chmod(target.stat().st_mode & 0o777)
        os.replace(aside, target)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise PgtError(f"cannot write `{path}`: {error.strerror or error}") from error
