"""A folder of the user's: every oddity of real files is handled, or named and left."""

from __future__ import annotations

import os
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.photos.folder import open_folder
from pgt_dsl.photos.load import PhotoError

SIZE = (120, 80)


def quarters(width=SIZE[0], height=SIZE[1]):
    """Red, green, blue and white quarters, so that turns show."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    pixels[height // 2 :, width // 2 :] = 255
    return Image.fromarray(pixels)


def corners(pixels):
    height, width = pixels.shape[:2]
    return [tuple(int(v > 128) for v in pixels[y, x]) for y in (5, height - 6) for x in (5, width - 6)]


UPRIGHT = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.png", "a.webp", "a.bmp", "a.tif"])
def test_formats(tmp_path, name):
    quarters().save(tmp_path / name)
    photos = open_folder(tmp_path)
    assert photos.names == (name,) and photos.problems == ()
    assert corners(photos.pixels(0)) == UPRIGHT


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1", "RGBA", "LA", "YCbCr", "LAB", "I;16", "I", "F"])
def test_modes(tmp_path, mode):
    if mode in ("I;16", "I", "F"):
        ramp = np.broadcast_to(np.linspace(0, 65535, SIZE[0]), SIZE[::-1])
        ramp = ramp / 65535 if mode == "F" else ramp
        kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
        Image.fromarray(np.ascontiguousarray(ramp.astype(kind))).save(tmp_path / "a.tif")
        pixels = open_folder(tmp_path).pixels(0)
        assert pixels[0, 0, 0] == 0 and pixels[0, -1, 1] == 255 and 120 <= pixels[9, SIZE[0] // 2, 2] <= 135
        return
    image = quarters().convert(mode) if mode != "LAB" else quarters()
    if mode in ("RGBA", "LA"):
        image.putalpha(
            Image.fromarray(np.where(np.arange(SIZE[0]) < 60, 0, 255)[None].repeat(SIZE[1], 0).astype(np.uint8))
        )
    name = "a.tif" if mode in ("CMYK", "YCbCr") else "a.png"
    (image if mode != "YCbCr" else image.convert("CMYK")).save(tmp_path / name)
    pixels = open_folder(tmp_path).pixels(0)
    assert pixels.shape == (80, 120, 3) and pixels.dtype == np.uint8
    if mode in ("RGBA", "LA"):
        assert (pixels[:, :58] == 255).all() and (pixels[5, -5] != 255).any()
    if mode in ("CMYK", "P", "YCbCr", "LAB"):
        assert corners(pixels) == UPRIGHT


def test_cmyk_jpeg_and_16_bit_png(tmp_path):
    quarters().convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    Image.fromarray(np.full((80, 100), 40_000, np.uint16)).save(tmp_path / "b.png")
    photos = open_folder(tmp_path)
    assert corners(photos.pixels(0)) == UPRIGHT
    assert set(np.unique(photos.pixels(1))) == {156}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_photos_turned_by_exif(tmp_path, orientation, suffix):
    undo = [None, 0, 3, 1, 5, 2, 6, 4]  # Transpose operations that store an upright picture in each orientation
    stored = quarters() if orientation == 1 else quarters().transpose(list(Image.Transpose)[undo[orientation - 1]])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(tmp_path / f"a.{suffix}", exif=exif.tobytes())
    photos = open_folder(tmp_path)
    entry = photos.entries[0]
    pixels = photos.pixels(0)
    assert pixels.shape[:2] == (entry.height, entry.width)
    assert (entry.width, entry.height) == SIZE
    assert corners(pixels) == UPRIGHT
    assert corners(photos.cover(f"a.{suffix}", 60, 40)) == corners(pixels)


def bomb(path):
    """A PNG of 20,000 x 20,000 px in a few bytes."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)


def test_what_cannot_be_used_is_named_and_left(tmp_path):
    folder, outside = tmp_path / "photos", tmp_path / "outside"
    (folder / "deep").mkdir(parents=True)
    outside.mkdir()
    quarters().save(folder / "b.jpg", quality=95)
    quarters().save(folder / "deep" / "a.png")
    quarters().save(outside / "secret.jpg")
    (folder / "broken.jpg").write_bytes(b"not a picture")
    (folder / "empty.png").write_bytes(b"")
    quarters(40, 300).save(folder / "tiny.png")
    whole = (folder / "b.jpg").read_bytes()
    (folder / "short.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "short.png").write_bytes((folder / "deep" / "a.png").read_bytes()[:-20])
    bomb(folder / "bomb.png")
    os.symlink(outside / "secret.jpg", folder / "link.jpg")
    os.symlink(outside, folder / "linked")
    os.symlink(folder / "b.jpg", folder / "inner.jpg")
    os.symlink(folder / "nowhere.jpg", folder / "dangling.jpg")
    (folder / "folder.jpg").mkdir()
    (folder / "notes.txt").write_text("hello")
    photos = open_folder(folder)
    assert photos.names == ("b.jpg", "deep/a.png", "inner.jpg")
    named = {line.split(":")[0] for line in photos.problems}
    assert named == {
        "broken.jpg", "empty.png", "tiny.png", "short.jpg", "short.png", "bomb.png", "link.jpg", "linked",
        "dangling.jpg",
    }  # fmt: skip
    assert not any("\n" in line or len(line) > 200 for line in photos.problems)


def test_a_photo_that_breaks_later_is_an_error_by_name(tmp_path):
    quarters().save(tmp_path / "a.png")
    photos = open_folder(tmp_path)
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(data[:60] + b"\xff" * 40 + data[100:])
    with pytest.raises(PhotoError, match=r"a\.png: cannot be decoded"):
        photos.pixels(0)
    one = np.zeros(1)
    assert photos.luma_under(np.zeros(1, int), 50.0, 50.0, one, one, one + 9, one + 9).tolist() == [50.0]


def test_no_folder_or_nothing_in_it(tmp_path):
    with pytest.raises(PhotoError, match="there is no folder"):
        open_folder(tmp_path / "x")
    with pytest.raises(PhotoError, match="no usable photo"):
        open_folder(tmp_path)


def test_digest_changes_with_names_pixels_and_annotations(tmp_path):
    quarters().save(tmp_path / "a.png")
    digests = [open_folder(tmp_path).digest, open_folder(tmp_path).digest]
    (tmp_path / "a.png").rename(tmp_path / "b.png")
    digests.append(open_folder(tmp_path).digest)
    quarters().transpose(Image.Transpose.ROTATE_180).save(tmp_path / "b.png")
    digests.append(open_folder(tmp_path).digest)
    (tmp_path / "annotations.json").write_text('{"images": [], "annotations": [], "categories": []}')
    digests.append(open_folder(tmp_path).digest)
    assert digests[0] == digests[1] and len(set(digests)) == 4


def test_credits_beside_the_photos(tmp_path):
    quarters().save(tmp_path / "a.png")
    (tmp_path / "credits.toml").write_text('[[photo]]\nfile = "a.png"\nauthor = "Somebody"\n')
    assert open_folder(tmp_path).credit(0).author == "Somebody"
    (tmp_path / "credits.toml").write_text("[[photo]\n")
    photos = open_folder(tmp_path)
    assert photos.credit(0).author == "" and "credits.toml" in photos.problems[0]


def test_large_jpeg_is_decoded_at_a_fraction_with_the_same_frame(tmp_path):
    quarters(2400, 1600).save(tmp_path / "a.jpg", quality=95)
    photos = open_folder(tmp_path)
    small = photos.cover("a.jpg", 90, 90)
    exact = np.asarray(quarters(2400, 1600).resize((90, 90), Image.Resampling.BOX, (400, 0, 2000, 1600)))
    assert np.abs(small.astype(int) - exact).mean() < 3
