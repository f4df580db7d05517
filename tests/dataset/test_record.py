"""Samples: styles, metadata that replays, digests, cut panels, names."""

from __future__ import annotations

import io
import json
import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import xxhash
from PIL import Image

from pgt_dsl.dataset.record import canonical_json, choose_style, has_style, in_style, parse_styles, quick_json, record
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scene.serial import scene_from_json
from tests.dataset.scenes import pixels, question, sample, scene


def test_styles_of_an_answer() -> None:
    ask = question()
    assert in_style(ask, "short") == ("What colour is the dot?", "red")
    assert in_style(ask, "sentence") == ("What colour is the dot?", "The dot is red.")
    assert in_style(ask, "reasoned") == ("What colour is the dot?", "The dot at (0.26, 0.38) is red.\nAnswer: red")
    assert in_style(ask, "options") == (
        "What colour is the dot?\nA. blue\nB. red\nC. green\nAnswer with the option's letter.",
        "B",
    )


def test_options_that_are_letters_have_numbers() -> None:
    ask = replace(question(), options=("C", "red", "A"), correct=1)
    assert in_style(ask, "options") == (
        "What colour is the dot?\n1. C\n2. red\n3. A\nAnswer with the option's number.",
        "2",
    )
    assert in_style(ask, "options", {"options": "Say the letter."})[0].endswith("\nSay the number.")
    assert has_style(ask, "options") and not has_style(replace(ask, options=("C", "2", "A")), "options")


def test_styles_are_chosen_by_weight_and_for_good() -> None:
    weights = {"short": 3.0, "options": 1.0, "reasoned": 0.0}
    chosen = [choose_style(question(), weights, f"key{k}") for k in range(4000)]
    assert chosen == [choose_style(question(), weights, f"key{k}") for k in range(4000)]
    shares = Counter(chosen)
    assert set(shares) == {"short", "options"}
    assert shares["options"] / 4000 == pytest.approx(0.25, abs=0.03)


def test_a_style_that_a_question_lacks_is_skipped() -> None:
    bare = question(options=())
    assert choose_style(bare, {"options": 1.0}, "k") == "short"
    assert {choose_style(bare, {"options": 9.0, "sentence": 1.0}, f"k{k}") for k in range(50)} == {"sentence"}


@pytest.mark.parametrize("text", ["", "fancy", "short=much", "short=-1", "short=inf", "short=nan", "short=0"])
def test_wrong_styles_are_told(text: str) -> None:
    with pytest.raises(PgtError):
        parse_styles(text)


def test_styles_as_text() -> None:
    assert parse_styles("short=3, options, reasoned=0.5") == {"short": 3.0, "options": 1.0, "reasoned": 0.5}


def test_metadata_replays() -> None:
    made = sample(5)
    data = json.loads(made.metadata)
    assert (data["program"], data["seed"], data["index"], data["size"], data["photos"]) == ("ab" * 32, 7, 5, 32, "cafe")
    assert data["pixels"] == made.pixels == xxhash.xxh3_128(pixels(5).tobytes()).hexdigest()
    assert data["styles"] == ["short"]
    assert scene_from_json(data["scene"]).asks == scene(5).asks
    assert canonical_json(data) == made.metadata
    assert made.metadata.startswith('{"format":1,"index":5,"pgt":"')


def test_canonical_json() -> None:
    value = {"b": np.float64(-0.0), "a": (np.int64(3), 1 + 2j), "é": 0.1 + 0.2, "c": np.bool_(True)}
    assert canonical_json(value) == '{"a":[3,[1.0,2.0]],"b":0.0,"c":true,"é":0.30000000000000004}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"x": float("nan")})


def test_cut_panels_become_images() -> None:
    made = sample(0, cuts=((0, 0, 20, 32), (24, 0, 48, 32)))
    shapes = [Image.open(io.BytesIO(data)).size for data in made.images]
    assert shapes == [(20, 32), (24, 32)]
    left, right = pixels(0)[:, :20], pixels(0)[:, 24:]
    assert made.pixels == xxhash.xxh3_128(left.tobytes() + right.tobytes()).hexdigest()
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(made.images[1]))), right)


def test_names() -> None:
    assert sample(12).id == "spatial.left_of-00000012"
    twin = sample(12, twin=1, twin_of="g")
    assert (twin.id, twin.group) == ("spatial.left_of-00000012-b", "g")
    assert "/" not in sample(0, task="../a b/ü").id.removeprefix("..")


def test_the_quick_writer_writes_the_same_bytes() -> None:
    rng = np.random.default_rng(0)
    numbers = [*np.frombuffer(rng.bytes(8 * 4000)).tolist(), *rng.uniform(-500, 500, 2000).tolist()]
    numbers += [sign * m * 10.0**k for sign in (1, -1) for m in (1.0, 1.25, 9.87654321) for k in range(-12, 24)]
    numbers = [number for number in numbers if math.isfinite(number)]
    numbers += [0.0, -0.0, 5e-324, 2**53, 2**64, -(2**63), 10.00001, 1000.0]
    for number in numbers:
        for value in (number, [number, 1.5], {"b": (number,), "a": None}):
            assert quick_json(value) == canonical_json(value)
    for text in ("e-mail 0.00001", '"\\\x07\x1f\x7f\n\r\t\b\f/', "é漢\U0001f600", "\ud800", "-0.0"):
        assert quick_json({text: text, "z": "a"}) == canonical_json({text: text, "z": "a"})
    assert quick_json({"b": np.float64(-0.0), "a": 1 + 2j}) == '{"a":[1.0,2.0],"b":0.0}'


def test_a_scene_with_a_number_that_is_none_is_no_sample() -> None:
    whole = scene(0)
    broken = replace(whole, shapes=(replace(whole.shapes[0], box=(0.0, float("nan"), 1.0, 1.0)),))
    unclear = replace(whole, asks=(replace(whole.asks[0], margin=float("inf")),))
    for made in (broken, unclear):
        with pytest.raises(ValueError, match="not JSON compliant"):
            record(made, pixels(0), size=32)
