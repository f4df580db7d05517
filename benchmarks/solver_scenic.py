"""Scenic 3 as the solver's benchmark runs it: an interpreter that has it, and one process for each scene.

    python solver_scenic.py < requests

Run as a script, by the interpreter that has Scenic, it answers requests, a line of JSON each: the first is a program
and a seed; each later one a number of seconds of the processor, for which it makes scenes. So one process compiles
once and then takes turns with what it is compared with. As a script it imports nothing of pgt-dsl, which is not
installed there.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SLICE = 100  # tries after which the clock is looked at


# in the interpreter of the benchmark -----------------------------------------------------------------------


def install(folder: Path) -> Path:
    """The interpreter of an environment with Scenic in this folder, made unless it is there. Raises
    ``CalledProcessError`` when that fails."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "scenic>=3,<4"]
    subprocess.run(command, check=True)  # soon done when it is there
    return python


class Scenic:
    """A process that makes the scenes of one program. Use it in a ``with``."""

    def __init__(self, python: Path, program: str, seed: int) -> None:
        # -I: neither this folder nor the environment's variables decide what is imported there
        command = [str(python), "-I", str(Path(__file__).resolve())]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version: str = self._ask({"program": program, "seed": seed})

    def run(self, seconds: float) -> dict[str, Any]:
        """Make scenes so long: their ``boxes`` (x, y, width, height), the ``tries``, the processor's ``seconds``."""
        answer: dict[str, Any] = self._ask(seconds)
        return answer

    def _ask(self, request: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps(request), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("Scenic's process ended; what it said is above")
        return json.loads(line)

    def __enter__(self) -> Scenic:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


# in the interpreter that has Scenic ------------------------------------------------------------------------


def serve() -> None:
    """Answer the requests of the standard input."""
    from importlib.metadata import version

    import numpy
    import scenic

    first = json.loads(sys.stdin.readline())
    random.seed(first["seed"])
    numpy.random.seed(first["seed"])
    scenario = scenic.scenarioFromString(first["program"], mode2D=True)
    print(json.dumps(version("scenic")), flush=True)
    for line in sys.stdin:
        print(json.dumps(_make(scenario, float(line))), flush=True)


def _make(scenario: Any, seconds: float) -> dict[str, Any]:
    """Scenes for so many seconds. Tries are independent, so it does not bend the law to stop after a slice."""
    from scenic.core.distributions import RejectionException

    boxes: list[list[tuple[float, float, float, float]]] = []
    tries = 0
    began = time.process_time()
    while (spent := time.process_time() - began) < seconds:
        try:
            scene, used = scenario.generate(maxIterations=SLICE)
        except RejectionException:
            tries += SLICE
            continue
        tries += used
        boxes.append([(o.position.x, o.position.y, o.width, o.length) for o in scene.objects])
    return {"boxes": boxes, "tries": tries, "seconds": spent}


if __name__ == "__main__":
    serve()
