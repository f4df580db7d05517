"""The triton painter where there is no GPU: under the interpreter, and compiled for one."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("torch", "triton"))), reason="torch and triton are not installed"
)
ROOT = Path(__file__).parents[2]


def _run(check: str, tmp_path: Path, **more: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    environment |= {"TRITON_CACHE_DIR": str(tmp_path / "cache"), **more}
    command = [sys.executable, "-m", "tests.paint.triton_checks", check]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_the_kernel_gives_the_bytes_of_the_torch_painter(tmp_path: Path) -> None:
    assert _run("interpret", tmp_path, TRITON_INTERPRET="1") == "equal"


def test_the_kernel_compiles_for_sm_90_without_spills(tmp_path: Path) -> None:
    said = _run("compile", tmp_path)
    if said != "compiled":
        used = {name: int(number) for name, number in re.findall(r"(REG|STACK|LOCAL):(\d+)", said)}
        assert used["LOCAL"] == 0 and used["STACK"] == 0 and 16 <= used["REG"] <= 128


def test_without_a_gpu_it_says_what_to_use() -> None:
    import torch

    from pgt_dsl.diagnostics import PgtError
    from pgt_dsl.paint.triton_painter import TritonRenderer, make

    if torch.cuda.is_available():
        assert make().device.type == "cuda"
    with pytest.raises(PgtError, match="needs a CUDA device"):
        TritonRenderer("cpu")
