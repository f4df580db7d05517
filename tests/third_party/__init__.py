"""Strangers' packages, and how tests install them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def install(package: str, target: Path) -> Path:
    """Let pip install a package of this folder into ``target``, without the network."""
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index",
         "--no-build-isolation", "--target", str(target), str(Path(__file__).parent / package)],
        check=True, timeout=120,
    )  # fmt: skip
    return target
