"""``pgt``: finds the command, runs it, and turns every failure into a message and an exit status.

0 all is well; 1 the work has an error (a wrong spec, a failed task); 2 the command line is wrong; 130 interrupted.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from pgt_dsl import __version__
from pgt_dsl.diagnostics import PgtError

COMMANDS = (
    "new", "check", "fmt", "explain", "show", "gallery", "test", "audit", "photos", "catalog", "recipe", "series",
    "build", "verify", "score", "push", "probe", "report", "kinds", "plugins",
)  # fmt: skip


class LazyGroup(click.Group):
    """Commands are the values ``command`` of the modules ``pgt_dsl.cli.NAME``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"pgt_dsl.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; an unknown one is told which is close."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], COMMANDS, 1)
            meant = f"did you mean `pgt {close[0]}`?" if close else "commands: " + ", ".join(COMMANDS)
            raise click.UsageError(f"there is no command `{args[0]}`; {meant}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pgt")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error (or set PGT_DEBUG=1).")
def cli(debug: bool) -> None:
    """Tasks about pictures: check specs, look at them, build data sets from them."""
    if debug:
        os.environ["PGT_DEBUG"] = "1"


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line (without the program's name) and return its exit status."""
    try:
        status = cli.main(args=list(arguments) if arguments is not None else None, prog_name="pgt",
                          standalone_mode=False)  # fmt: skip
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return _say("\ninterrupted; nothing half-done was left behind", 130)
    except PgtError as error:
        return _say(str(error), 1)
    except BrokenPipeError:  # the reader, such as `head`, has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("PGT_DEBUG"):
            raise
        return _say(
            f"this is a bug in pgt-dsl or in a plugin: {type(error).__name__}: {error}\n"
            "run it again as `pgt --debug ...` for the traceback, and please report it with the spec",
            1,
        )
    return status if isinstance(status, int) else 0


def _say(message: str, status: int) -> int:
    click.echo(message, err=True)
    return status


def main() -> None:
    """The entry point of the script ``pgt``."""
    sys.exit(run())


if __name__ == "__main__":
    main()
