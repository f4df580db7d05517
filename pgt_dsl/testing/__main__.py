"""``python -m pgt_dsl.testing``: what the conformance suite measures of the installed renderers, as a table.

python -m pgt_dsl.testing                        all that are installed
python -m pgt_dsl.testing numba pillow           some of them
python -m pgt_dsl.testing numba --examples 500   more lists drawn by Hypothesis
"""

from __future__ import annotations

import argparse
import sys
from functools import partial

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.testing.renderers import HEADER, Tolerance, check_renderer

ANY = Tolerance(255.0, 255, 255, 255, 255, 1.0)  # to measure, not to judge


def main(arguments: list[str] | None = None) -> int:
    """Print the table; returns 1 when a renderer that was named cannot be made."""
    parser = argparse.ArgumentParser(prog="python -m pgt_dsl.testing", description="Measure the installed renderers.")
    parser.add_argument("names", nargs="*", help="renderers; all that are installed when none is named")
    parser.add_argument("--examples", type=int, default=100, help="batches drawn by Hypothesis")
    parser.add_argument("--scenes", type=int, default=64, help="px of the pictures of kinds; 0 leaves them out")
    chosen = parser.parse_args(arguments)
    print(HEADER)
    failed = 0
    for name in chosen.names or [spec.name for spec in registry().ranked_renderers()]:
        try:
            registry().make_renderer(name)
        except PgtError as error:  # not known, not installed, or without the device that it needs
            print(error, file=sys.stderr)
            failed |= name in chosen.names
            continue
        make = partial(registry().make_renderer, name)
        print(check_renderer(make, ANY, examples=chosen.examples, scenes=chosen.scenes).row(), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
