"""Curves as files beside the replies: JSON for programs, a figure for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.psychometrics.curve import Curve
from pgt_dsl.psychometrics.figure import curve_svg


def write_curves(found: Mapping[int, Curve], folder: Path) -> list[tuple[Path, Curve]]:
    """Write ``curve.json`` and ``curve.svg`` for the first question of the scenes, ``curve_2.svg`` and so on for the
    others; return the figures with their curves. Raises ``PgtError`` when they cannot be written."""
    made = []
    try:
        for ask, curve in found.items():
            stem = "curve" if ask == 0 else f"curve_{ask + 1}"
            text = json.dumps(curve.to_json(), indent=1, ensure_ascii=False) + "\n"
            (folder / f"{stem}.json").write_text(text, encoding="utf-8", newline="\n")
            (folder / f"{stem}.svg").write_text(curve_svg(curve) + "\n", encoding="utf-8", newline="\n")
            made.append((folder / f"{stem}.svg", curve))
    except OSError as error:
        raise PgtError(f"cannot write the curve into `{folder}`: {error.strerror or error}") from error
    return made
