"""Backgrounds: equal everywhere, within their bounds, and never fatal."""

from __future__ import annotations

import hashlib
import warnings

import numpy as np
import pytest

from pgt_dsl.paint import backgrounds
from pgt_dsl.paint.backgrounds import UNREADABLE, background_pixels, fill
from pgt_dsl.photos.load import PhotoError
from pgt_dsl.photos.shipped import shipped_photos
from pgt_dsl.scene.scene import BackgroundChoice

NOISE_AND_GRADIENT = ["7f9515da898c6e79", "ca847360e1beb001"]


def one(kind, seed=0, photo="", photos=None, size=(60, 40), **fields):
    return background_pixels([BackgroundChoice(kind, fields, seed, photo)], *size, photos)[0]


def test_plain():
    assert (one("plain", color="#0a0b0c") == [10, 11, 12]).all()


def test_gradient_reaches_both_colours_along_its_turn():
    pixels = one("gradient", from_color="#000000", to_color="#ff8040", turn=0.0)
    assert (pixels[:, 0] == 0).all() and (pixels[:, -1] == [255, 128, 64]).all()
    assert (np.diff(pixels[0, :, 0].astype(int)) >= 0).all()
    up = one("gradient", from_color="#000000", to_color="#ffffff", turn=270.0)
    assert (up[-1] == 0).all() and (up[0] == 255).all()


def test_noise_depends_on_its_seed_alone():
    first = one("noise", 5, color="#808080", grain=3.0, strength=0.1)
    assert (first == one("noise", 5, color="#808080", grain=3.0, strength=0.1)).all()
    assert (first != one("noise", 6, color="#808080", grain=3.0, strength=0.1)).any()
    assert np.abs(first.astype(int) - 128).max() <= 26 and first.std() > 3
    assert (first[..., 0] == first[..., 2]).all()


def test_pixels_are_the_same_on_every_machine():
    noise = one("noise", 2**64 - 1, color="#c0d0e0", grain=2.5, strength=0.2)
    gradient = one("gradient", from_color="#dcefff", to_color="#ffe3ec", turn=33.0)
    digests = [hashlib.sha256(pixels.tobytes()).hexdigest()[:16] for pixels in (noise, gradient)]
    assert digests == NOISE_AND_GRADIENT


def test_noise_covers_odd_sizes_and_grains():
    for size in ((1, 1), (7, 64), (65, 3)):
        for grain in (0.1, 1.0, 1.7, 64.0, 1e6):
            assert one("noise", 1, size=size, color="#808080", grain=grain, strength=1.0).shape == (size[1], size[0], 3)


def test_photo_covers_and_zooms():
    photos = shipped_photos()
    wide = one("photo", photo="coffee.jpg", photos=photos, size=(300, 200))
    full = photos.pixels(photos.number("coffee.jpg"))
    assert np.abs(wide.astype(float) - full.reshape(200, 2, 300, 2, 3).mean((1, 3))).mean() < 4
    closer = one("photo", photo="coffee.jpg", photos=photos, size=(300, 200), zoom=2.0)
    assert np.abs(closer.astype(float) - full[100:300, 150:450]).mean() < 4


def test_wrong_choices_are_named():
    with pytest.raises(ValueError, match="no background 'paper'"):
        one("paper")
    with pytest.raises(ValueError, match=r"no photo 'x\.jpg'"):
        one("photo", photo="x.jpg", photos=shipped_photos())
    with pytest.raises(ValueError, match="needs a colour"):
        one("plain", color="none")
    with pytest.raises(ValueError, match="cover"):
        one("photo", photo="coffee.jpg", photos=shipped_photos(), fit="stretch")


def test_an_unreadable_photo_is_grey_and_named_once():
    class Broken:
        def cover(self, name, width, height, zoom=1.0):
            raise PhotoError(f"{name}: cannot be decoded")

    with pytest.warns(UserWarning, match=r"gone\.jpg cannot be read"):
        assert (one("photo", photo="gone.jpg", photos=Broken()) == UNREADABLE).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one("photo", photo="gone.jpg", photos=Broken())


def test_further_kinds_come_from_outside():
    kinds = {"red": lambda width, height, fields, seed, photos: np.full((height, width, 3), (255, 0, 0), np.uint8)}
    assert (background_pixels([BackgroundChoice("red")], 4, 5, None, kinds) == [255, 0, 0]).all()


def whole_numbers(width, height, fields):
    """A gradient as its definition has it, in whole numbers."""
    angle = np.radians(fields["turn"])
    cos, sin = round(float(np.cos(angle)) * 65536), round(float(np.sin(angle)) * 65536)
    along = np.arange(width)[None, :] * cos + np.arange(height)[:, None] * sin
    along = along - along.min()
    span = max(int(along.max()), 1)
    ends = [[int(fields[name][k : k + 2], 16) for k in (1, 3, 5)] for name in ("from_color", "to_color")]
    levels = [((span - along) * start + along * end + span // 2) // span for start, end in zip(*ends, strict=True)]
    return np.stack(levels, -1)


def fields(rng):
    """Any gradient and noise."""
    colours = [f"#{int(rng.integers(0, 1 << 24)):06x}" for _ in range(3)]
    turn = float(rng.choice([0.0, 90.0, 180.0, 45.0, rng.uniform(0, 360)]))
    grain, strength = float(rng.choice([1.0, 2.0, rng.uniform(1, 9)])), float(rng.uniform(0, 1))
    return {"from_color": colours[0], "to_color": colours[1], "color": colours[2], "turn": turn, "grain": grain,
            "strength": strength}  # fmt: skip


@pytest.mark.parametrize("compiled", [True, False])
def test_gradients_are_those_of_whole_numbers(compiled, monkeypatch):
    if not compiled:
        monkeypatch.setattr(backgrounds, "_compiled", lambda: None)
    rng = np.random.default_rng(11)
    for _ in range(40):
        width, height = (int(n) for n in rng.integers(1, 300, 2))
        given = fields(rng)
        made = backgrounds.gradient(width, height, given, 0, None)
        assert (made == whole_numbers(width, height, given)).all(), given


def test_compiled_loops_give_the_same_bytes(monkeypatch):
    pytest.importorskip("numba")
    rng = np.random.default_rng(12)
    cases = [(*(int(n) for n in rng.integers(1, 300, 2)), fields(rng), int(rng.integers(1 << 53))) for _ in range(40)]
    made = [[f(*case, None) for f in (backgrounds.gradient, backgrounds.noise)] for case in cases]
    monkeypatch.setattr(backgrounds, "_compiled", lambda: None)
    for case, (gradient, noise) in zip(cases, made, strict=True):
        assert (gradient == backgrounds.gradient(*case, None)).all()
        assert (noise == backgrounds.noise(*case, None)).all()


def test_a_plain_ground_is_one_colour_whatever_its_memory() -> None:
    for size in ((1, 1), (5, 7), (64, 33)):
        whole = np.zeros((*size, 3), np.uint8)
        fill(whole, (1, 2, 3))
        strided = np.zeros((size[0], 2 * size[1], 3), np.uint8)
        fill(strided[:, ::2], (1, 2, 3))
        assert (whole == (1, 2, 3)).all() and (strided[:, ::2] == (1, 2, 3)).all() and not strided[:, 1::2].any()
