"""Photos kept as files of pixels: the same pixels as without, whatever happens to the files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.photos import cache, catalog
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.photos.folder import open_folder
from pgt_dsl.photos.load import PhotoError


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of its own."""
    where = tmp_path / "cache"
    monkeypatch.setenv(cache.VARIABLE, str(where))
    return where


@pytest.fixture
def photos(tmp_path: Path) -> PhotoCatalog:
    rng = np.random.default_rng(3)
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.jpg", "b.png"):
        Image.fromarray(rng.integers(0, 256, (90, 120, 3), np.uint8)).resize((480, 360)).save(folder / name)
    return open_folder(folder)


def cover(photos: PhotoCatalog, name: str, width: int = 100, height: int = 80, zoom: float = 1.0) -> cache.Bytes:
    """As a process that has read nothing yet would."""
    catalog._cover.cache_clear()
    return photos.cover(name, width, height, zoom)


def test_pixels_are_the_same_with_and_without(
    kept: Path, photos: PhotoCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [(100, 80, 1.0), (80, 100, 1.0), (100, 80, 1.5)]
    cases = [(name, *size) for name in ("a.jpg", "b.png") for size in sizes]
    made = [cover(photos, *case) for case in cases]
    assert len(list(kept.glob("*.rgb"))) == len(cases)
    again = [cover(photos, *case) for case in cases]
    assert all(isinstance(pixels.base.base, np.memmap) for pixels in again)
    monkeypatch.setenv(cache.VARIABLE, cache.OFF)
    without = [cover(photos, *case) for case in cases]
    for one, two, three in zip(made, again, without, strict=True):
        assert np.array_equal(one, three) and np.array_equal(two, three)
        assert not (one.flags.writeable or two.flags.writeable or three.flags.writeable)
    assert len(list(kept.glob("*"))) == len(cases)


@pytest.mark.parametrize("harm", ["cut short", "another byte", "emptied", "longer"])
def test_a_broken_file_is_made_again(kept: Path, photos: PhotoCatalog, harm: str) -> None:
    whole = np.array(cover(photos, "a.jpg"))
    (path,) = kept.glob("*.rgb")
    good = path.read_bytes()
    spoilt = {
        "cut short": good[:-9],
        "another byte": good[:500] + bytes([good[500] ^ 1]) + good[501:],
        "emptied": b"",
        "longer": good + b"x",
    }
    path.write_bytes(spoilt[harm])
    assert np.array_equal(cover(photos, "a.jpg"), whole)
    assert path.read_bytes() == good


def test_a_photo_that_changed_is_read_anew(kept: Path, photos: PhotoCatalog) -> None:
    before = np.array(cover(photos, "b.png"))
    path = photos.entries[1].path
    Image.fromarray(np.zeros((360, 480, 3), np.uint8)).save(path)
    os.utime(path, (1, 1))
    assert not np.array_equal(cover(photos, "b.png"), before)


def test_what_cannot_be_decoded_is_not_kept(kept: Path, photos: PhotoCatalog) -> None:
    path = photos.entries[0].path
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(PhotoError):
        cover(photos, "a.jpg")
    path.unlink()
    with pytest.raises(PhotoError):
        cover(photos, "a.jpg")
    assert not kept.exists()


def test_a_folder_that_cannot_be_used_is_done_without(
    photos: PhotoCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file"))
    one = cover(photos, "a.jpg")
    monkeypatch.setenv(cache.VARIABLE, cache.OFF)
    assert np.array_equal(one, cover(photos, "a.jpg"))


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    for age, name in enumerate(("new.rgb", "middle.rgb", "old.rgb", "new.part", "other.txt")):
        (tmp_path / name).write_bytes(bytes(100))
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    (tmp_path / "dead.part").write_bytes(b"")
    os.utime(tmp_path / "dead.part", (1e9 - 1e5, 1e9 - 1e5))
    cache.shrink(tmp_path, 250)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["middle.rgb", "new.rgb", "other.txt"]
    cache.shrink(tmp_path, 10**6)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["middle.rgb", "new.rgb", "other.txt"]


def test_several_processes_share_a_folder(kept: Path, photos: PhotoCatalog) -> None:
    code = (
        "import hashlib, sys; from pathlib import Path; from pgt_dsl.photos.folder import open_folder\n"
        "photos = open_folder(Path(sys.argv[1])); digest = hashlib.sha256()\n"
        "for k in range(12): digest.update(photos.cover('ab'[k % 2] + ['.jpg', '.png'][k % 2], 90 + k, 70).tobytes())\n"
        "print(digest.hexdigest())"
    )
    command = [sys.executable, "-c", code, str(photos.entries[0].path.parent)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = {process.communicate(timeout=120)[0] for process in running}
    assert len(told) == 1 and all(process.returncode == 0 for process in running)
    assert len(list(kept.iterdir())) == 12
