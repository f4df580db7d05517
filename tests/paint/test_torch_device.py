"""Batches as tensors: the same pixels as from the torch renderer, whatever the background; and what is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest

import pgt_dsl
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.paint.backgrounds import background_pixels
from pgt_dsl.scene.scene import BackgroundChoice

torch = pytest.importorskip("torch", reason="torch is not installed")

SPEC = """\
task "t/tensors"
shape a: figure { label = "A" }
shape b: figure { outline = black }
require apart(a, b) >= 2vmin
ask "Is {a} left of {b}?"
  answer a.x < b.x even clear 4vmin
"""


@pytest.fixture(scope="module")
def task():
    return pgt_dsl.load(SPEC)


def test_the_tensors_are_the_arrays(task):
    arrays = task.batch(seed=3, count=6, size=64, renderer="torch")
    tensors = task.batch(seed=3, count=6, size=64, device="cpu")
    assert tensors.pixels.dtype == torch.uint8 and tensors.ids.dtype == torch.int32
    assert tensors.pixels.device.type == "cpu" and tensors.renderer == "torch" and len(tensors) == 6
    assert (tensors.pixels.numpy() == arrays.pixels).all() and (tensors.ids.numpy() == arrays.ids).all()
    assert tensors.questions == arrays.questions and tensors.answers == arrays.answers
    assert tensors.scenes == arrays.scenes
    assert [t for example in arrays.examples for t in example.turns] == [t for row in tensors.turns for t in row]


def test_without_a_device_nothing_changes(task):
    batch = task.batch(count=2, size=64)
    assert isinstance(batch.pixels, np.ndarray) and isinstance(batch.ids, np.ndarray)


def test_a_sample_does_not_depend_on_its_batch(task):
    some = task.batch(indices=[5, 1, 3], size=64, device="cpu")
    one = task.batch(indices=[3], size=64, device="cpu")
    assert torch.equal(some.pixels[2], one.pixels[0]) and torch.equal(some.ids[2], one.ids[0])


def test_backgrounds_are_the_same_bytes():
    from pgt_dsl.paint.torch_backgrounds import background_tensor

    rng = np.random.default_rng(2)
    choices = [
        BackgroundChoice("plain", {"color": "#1280ff"}),
        BackgroundChoice("noise", {"color": "#808080", "grain": 2.5, "strength": 0.2}, seed=8),
        *(
            BackgroundChoice(
                "gradient",
                {
                    "from_color": f"#{int(rng.integers(1 << 24)):06x}",
                    "to_color": f"#{int(rng.integers(1 << 24)):06x}",
                    "turn": float(turn),
                },
            )
            for turn in (0, 17.5, 90, 180, 301.25)
        ),
        BackgroundChoice("striped"),
        BackgroundChoice("plain", {"color": "#ffffff"}),
    ]

    def striped(width, height, fields, seed, photos):
        return np.broadcast_to(np.arange(width, dtype=np.uint8)[None, :, None], (height, width, 3)).copy()

    for width, height in ((33, 20), (1, 1), (7, 64)):
        wanted = background_pixels(choices, width, height, None, {"striped": striped})
        made = background_tensor(choices, width, height, torch.device("cpu"), None, {"striped": striped})
        assert made.dtype == torch.uint8 and (made.numpy() == wanted).all()
    with pytest.raises(ValueError, match="striped"):
        background_tensor(choices, 4, 4, torch.device("cpu"))


def test_photos_come_through():
    task = pgt_dsl.load(SPEC.replace("shape a", "background img: photo\nshape a", 1))
    arrays = task.batch(count=2, size=64, renderer="torch")
    assert (task.batch(count=2, size=64, device="cpu").pixels.numpy() == arrays.pixels).all()
    assert arrays.scenes[0].background.photo


@pytest.mark.parametrize(
    ("device", "renderer", "told"),
    [
        ("cuda:99", None, "cannot use the device `cuda:99`"),
        ("nonsense", None, "cannot use the device `nonsense`"),
        ("meta", None, "cannot use the device `meta`"),
        ("cpu", "pillow", "`pillow` does not paint on a device"),
        ("cpu", "triton", "needs a CUDA device"),
    ],
)
def test_what_is_refused(task, device, renderer, told):
    if renderer == "triton":
        pytest.importorskip("triton", reason="triton is not installed")
    with pytest.raises(PgtError, match=told):
        task.batch(count=1, size=64, device=device, renderer=renderer)


def test_the_page_of_the_documentation(tmp_path):
    from tests.docs.test_commands import ROOT, follow

    shutil.copytree(ROOT / "task_specs", tmp_path / "task_specs")
    assert follow("painters-on-gpu.md", tmp_path) == 1


def test_without_torch_it_says_what_to_install():
    script = (
        "import sys; sys.modules['torch'] = None\n"
        "import pgt_dsl\n"
        f"task = pgt_dsl.load({SPEC!r})\n"
        "assert len(task.batch(count=1, size=64)) == 1\n"
        "try: task.batch(count=1, size=64, device='cuda')\n"
        "except pgt_dsl.PgtError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert "pip install 'pgt-dsl[torch]'" in done.stdout, done.stderr
