"""Run lengths of masks, against pycocotools, which wrote the form."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pycocotools import mask as theirs

from pgt_dsl.photos.masks import decoded, mask, polygons

HEIGHT, WIDTH = 37, 53


def blobs(seed):
    """A mask of some discs, some of them cut out again."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    found = np.zeros((HEIGHT, WIDTH), bool)
    for k in range(6):
        cx, cy, r = rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT), rng.uniform(2, 12)
        found[np.hypot(x - cx, y - cy) < r] = k % 3 != 2
    return found


def packed(pixels):
    made = theirs.encode(np.asfortranarray(pixels.astype(np.uint8)))
    return {"size": made["size"], "counts": made["counts"].decode()}


def unpacked(pixels):
    flat = pixels.T.ravel()
    ends = np.flatnonzero(np.diff(flat)) + 1
    runs = np.diff([0, *ends, flat.size]).tolist()
    return {"size": [HEIGHT, WIDTH], "counts": runs if not flat[0] else [0, *runs]}


@pytest.mark.parametrize("seed", range(12))
def test_both_forms_are_read_as_pycocotools_reads_them(seed):
    pixels = blobs(seed)
    for form in (packed(pixels), unpacked(pixels)):
        assert (mask(*decoded(form)) == pixels).all()
    assert (theirs.decode(theirs.frPyObjects(unpacked(pixels), HEIGHT, WIDTH)) == pixels).all()


def test_long_runs_and_noise():
    rng = np.random.default_rng(0)
    for pixels in (np.zeros((400, 700), bool), np.ones((400, 700), bool), rng.random((200, 300)) < 0.5):
        assert (mask(*decoded(packed(pixels))) == pixels).all()


@pytest.mark.parametrize("seed", range(12))
def test_outlines_cover_the_pixels_of_the_mask_and_no_others(seed):
    pixels = blobs(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    rings = polygons(*decoded(packed(pixels)))
    shapes = [shapely.Polygon(np.column_stack((ring.real, ring.imag))) for ring in rings]
    assert all(shape.is_valid for shape in shapes)
    covered = shapely.contains_xy(shapely.union_all(shapes), x.ravel(), y.ravel()).reshape(pixels.shape)
    assert abs(covered ^ pixels).sum() <= 0.02 * pixels.sum()  # tiny holes are filled


def test_a_ring_is_cut_into_pieces_so_that_its_hole_stays_free():
    y, x = np.mgrid[:60, :60] + 0.5
    ring = np.abs(np.hypot(x - 30, y - 30) - 20) < 6
    rings = polygons(*decoded(packed(ring)))
    assert len(rings) == 2
    shapes = [shapely.Polygon(np.column_stack((r.real, r.imag))) for r in rings]
    assert not any(shape.contains(shapely.Point(30, 30)) for shape in shapes)
    assert sum(shape.area for shape in shapes) == ring.sum()


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"size": [3, 4], "counts": [5, 3]}, "8 px in all, for a mask of 4 x 3 = 12"),
        ({"size": [3, 4], "counts": [5, -3, 10]}, "below 0"),
        ({"size": [3, 4], "counts": [5, 3.5]}, "whole numbers"),
        ({"size": [3], "counts": [12]}, "`size`"),
        ({"counts": [12]}, "`size`"),
        ({"size": [3, 4]}, "`counts`"),
        ({"size": [0, 4], "counts": []}, "4 x 0 px"),
        ({"size": [10**6, 10**6], "counts": [10**12]}, "mask of"),
        ({"size": [3, 4], "counts": "é"}, "sign"),
        ({"size": [3, 4], "counts": "5`"}, "break off"),
        ({"size": [3, 4], "counts": "`" * 99}, "sign"),
    ],
)
def test_what_is_no_mask_is_told(form, why):
    with pytest.raises(ValueError, match=why):
        decoded(form)
