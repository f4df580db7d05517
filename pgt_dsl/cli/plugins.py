"""``pgt plugins``: which distributions extend pgt-dsl, what each gives, and what is wrong with any of them."""

from __future__ import annotations

import click


@click.command("plugins")
def command() -> int:
    """List the installed plugins and what each gives. The exit status is 1 if one of them has a problem."""
    from pgt_dsl.plugins.registry import TABLES, registry

    found = registry()
    for name, shown in found.distributions.items():
        click.echo(shown)
        for table in TABLES:
            given = [entry for entry in getattr(found, table) if found.owner(table, entry) == name]
            if given:
                click.echo(f"  {table:<12}{', '.join(given) if len(given) <= 12 else _short(given)}")
    for problem in found.problems:
        click.echo(f"problem: {problem}", err=True)
    return int(bool(found.problems))


def _short(names: list[str]) -> str:
    return ", ".join(names[:10]) + f", and {len(names) - 10} more (see `pgt kinds`)"
