"""Encoders: without loss to the pixel, with loss as near as asked for, by Pillow where nothing faster is installed."""

from __future__ import annotations

import io
import json
import zlib
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pgt_dsl.dataset import encode
from pgt_dsl.dataset.encode import Encoder, Encoding, by_pillow, encoder, filtered_up
from pgt_dsl.diagnostics import PgtError
from tests.dataset.scenes import sample


def decoded(data: bytes) -> npt.NDArray[np.uint8]:
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == "RGB"
        return np.asarray(image)


def picture(seed: int, height: int, width: int) -> npt.NDArray[np.uint8]:
    """Half noise, half one colour with a bar."""
    rng = np.random.default_rng(seed)
    rgb = np.full((height, width, 3), rng.integers(0, 256, 3), np.uint8)
    rgb[height // 2 :] = rng.integers(0, 256, (height - height // 2, width, 3), np.uint8)
    rgb[: height // 4, : width // 2] = 255 - rgb[0, 0]
    return rgb


def installed() -> list[Encoder]:
    """Each encoder of files without loss that can be had here."""
    ours = [encoder(Encoding(image)) for image in ("png", "webp", "raw")]
    return [*ours, Encoder("pillow", ".png", by_pillow("PNG", compress_level=3))]


@given(st.integers(0, 2**32), st.integers(1, 70), st.integers(1, 70))
def test_without_loss(seed: int, height: int, width: int) -> None:
    rgb = picture(seed, height, width)
    for each in installed():
        assert np.array_equal(decoded(each.encode(rgb)), rgb), each


def test_up_is_the_row_less_the_one_above() -> None:
    rgb = picture(1, 7, 5)
    rows = filtered_up(rgb)
    assert rows.shape == (7, 16) and (rows[:, 0] == 2).all()
    assert np.array_equal(rows[:, 1:].cumsum(axis=0, dtype=np.uint8).reshape(7, 5, 3), rgb)


def test_a_png_is_to_the_letter() -> None:
    rgb = picture(2, 30, 40)
    data = encoder().encode(rgb)
    assert encoder().name == ("isal" if find_spec("isal") else "pillow")
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    kinds, packed, at = [], b"", 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert int.from_bytes(data[at + 8 + length : at + 12 + length], "big") == zlib.crc32(kind + body)
        kinds.append(kind)
        at += 12 + length
        packed += body if kind == b"IDAT" else b""
    assert kinds[0] == b"IHDR" and set(kinds[1:-1]) == {b"IDAT"} and kinds[-1] == b"IEND"
    rows = zlib.decompress(packed)
    assert len(rows) == 30 * (1 + 3 * 40)
    assert encoder().name != "isal" or rows == filtered_up(rgb).tobytes()


@pytest.mark.parametrize("image", ["jpeg", "webp"])
def test_quality(image: str) -> None:
    rgb = np.asarray(Image.fromarray(picture(3, 8, 8)).resize((160, 160), Image.Resampling.BICUBIC))
    sizes, errors = [], []
    for quality in (20, 60, 95):
        data = encoder(Encoding(image, quality)).encode(rgb)
        sizes.append(len(data))
        errors.append(float(np.abs(decoded(data).astype(int) - rgb).mean()))
    assert sizes == sorted(sizes) and errors == sorted(errors, reverse=True) and errors[-1] < 2


@pytest.mark.parametrize("fallback", [False, True])
def test_a_jpeg_keeps_the_colour_of_every_pixel(fallback: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """4:4:4: thin lines of one lightness and two colours stay what they are."""
    if fallback:
        monkeypatch.setattr(encode, "find_spec", lambda name: None)
    made = encoder(Encoding("jpeg"))
    assert (made.name == "pillow") == (fallback or find_spec("simplejpeg") is None)
    rgb = np.zeros((32, 32, 3), np.uint8)
    rgb[:, ::2], rgb[:, 1::2] = (200, 60, 60), (40, 120, 120)
    data = made.encode(rgb)
    with Image.open(io.BytesIO(data)) as image:
        assert [part[1:3] for part in image.layer] == [(1, 1)] * 3  # type: ignore[attr-defined]
    assert np.abs(decoded(data).astype(int) - rgb).max() < 12


def test_without_extras_pillow_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "find_spec", lambda name: None)
    for encoding in (Encoding(), Encoding("jpeg", 90), Encoding("webp"), Encoding("webp", 90)):
        made = encoder(encoding)
        assert (made.name, made.suffix) == ("pillow", encoding.suffix)
        assert decoded(made.encode(picture(4, 20, 30))).shape == (20, 30, 3)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("gif",), "cannot be written as `gif`; there are: png, jpeg, webp"),
        (("png", 90), "a PNG file has no quality"),
        (("jpeg", 0), "1 to 100, not 0"),
        (("webp", 101), "1 to 100, not 101"),
    ],
)
def test_what_makes_no_sense(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(PgtError, match=words):
        Encoding(*arguments)


def test_a_sample_is_its_pixels_and_its_json_whatever_the_files() -> None:
    made = [sample(5, encoding=e) for e in (Encoding(), Encoding("jpeg", 30), Encoding("webp"), Encoding("webp", 10))]
    assert len({m.images for m in made}) == 4
    assert len({(m.id, m.pixels, m.metadata) for m in made}) == 1
    assert json.loads(made[0].metadata)["renderer"] == "test"
