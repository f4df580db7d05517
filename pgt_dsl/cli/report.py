"""``pgt report``: what the replies of models say of their seeing, as a page, JSON and tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pgt_dsl.diagnosis.diagnose import Diagnosis


@click.command("report")
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...", type=click.Path(path_type=Path))
@click.option("--out", "-o", type=click.Path(path_type=Path), default=Path("report"), show_default=True,
              help="Folder of the report.")  # fmt: skip
@click.option("--data", type=click.Path(path_type=Path), help="The data set (default: where the probe notes it).")
def command(folders: tuple[Path, ...], out: Path, data: Path | None) -> int:
    """Diagnose models from the FOLDERs that `pgt probe` wrote, one a model, and compare those with the same questions.

    Writes report.html, report.json, findings.csv, tasks.csv and factors.csv. What is named is beyond chance after
    correction for everything that was looked at.
    """
    from pgt_dsl.diagnosis.compare import compare
    from pgt_dsl.diagnosis.diagnose import diagnose
    from pgt_dsl.diagnosis.rows import several
    from pgt_dsl.diagnosis.write import PAGE, write
    from pgt_dsl.plugins.registry import registry

    answers = several(folders, registry(), data)
    found = [diagnose(one) for one in answers]
    write(found, compare(answers), out)
    for one in found:
        _say(one)
    click.echo(f"report: {out / PAGE}")
    return 0


def _say(found: Diagnosis) -> None:
    from pgt_dsl.diagnosis.page.sections import title

    low, high = found.all.bounds
    click.echo(f"{found.model}: right in {found.all.rate:.1%} of {found.all.asked:,} ({low:.1%} .. {high:.1%}); "
               f"{len(found.looks):,} looks")  # fmt: skip
    for look in found.findings:
        click.echo(f"  {title(look)} (p = {look.adjusted:.2g}, corrected)")
    if not found.findings:
        click.echo("  nothing is named")
