"""Whether pictures of a data set are what was painted: by their digests, and by painting them once more.

Without loss every pixel must be the same. Files with loss are compared with the repainted picture encoded and decoded
in the same way: to the bit where the encoder is the same, else within what encoders differ by. Another painter than
the one that made the data set differs at edges; then the pictures must be near one another.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pgt_dsl.dataset.encode import Encoder, encoder
from pgt_dsl.dataset.manifest import versions
from pgt_dsl.dataset.record import pixel_digest
from pgt_dsl.verify.faults import Fault
from pgt_dsl.verify.opened import Opened

Rgb = npt.NDArray[np.uint8]
Finding = tuple[str, str, str, str]
"""A check, a sentence, what was expected, what was found."""

ENCODERS_MEAN, ENCODERS_MOST = 0.5, 24
"""Levels of 255 by which two encoders of one kind may differ: on average, and anywhere."""
PAINTERS_MEAN, LOSSY_MEAN, PAINTERS_FAR, PAINTERS_SHARE = 1.0, 2.5, 48, 0.002
"""Another painter: the mean difference in levels (of files with loss the second), and the share of the pixels that may
differ by more than 48. Over the shipped tasks `pillow` and `numba` are 0.4 apart at most, after JPEG of
quality 60 1.5."""


class Unreadable(ValueError):
    """An image file that cannot be decoded or is not what it should be."""


def decode(data: bytes, kind: str, size: tuple[int, int]) -> Rgb:
    """uint8[H, W, 3] of an image file of a kind (png, jpeg, webp) and a size (width, height) in px.

    Raises ``Unreadable``; nothing is decoded that has another size, so a file cannot fill the memory."""
    from PIL import Image

    if not data:
        raise Unreadable("there is no image")
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as image:
            if (image.format or "").lower() != kind:
                raise Unreadable(f"the file is {image.format}, not {kind.upper()}")
            if image.size != size:
                wide, high = image.size
                raise Unreadable(f"the image has {wide} x {high} px, not {size[0]} x {size[1]}")
            image.load()
            return np.asarray(image.convert("RGB"))
    except Unreadable:
        raise
    except Exception as error:  # Pillow's readers raise whatever a broken file makes of them
        said = (str(error).splitlines() or [""])[0]
        raise Unreadable(f"the image cannot be decoded: {said or type(error).__name__}") from error


@dataclass(slots=True)
class Pictures:
    """The pictures of one data set."""

    opened: Opened
    _files: Encoder | None = None

    def crops(self, rgb: Rgb, cuts: Sequence[tuple[int, int, int, int]]) -> list[Rgb]:
        """The pictures of a canvas: the whole, or its cut panels."""
        return [rgb] if not cuts else [np.ascontiguousarray(rgb[y0:y1, x0:x1]) for x0, y0, x1, y1 in cuts]

    def read(self, images: Sequence[bytes], crops: Sequence[Rgb]) -> tuple[list[Rgb], list[Finding]]:
        """The decoded files, and what is wrong with them; none when any is. ``crops`` tell their sizes."""
        if len(images) != len(crops):
            wanted, has = f"{len(crops)} images", f"{len(images)} images"
            return [], [("picture", "the number of images", wanted, has)]
        made, found = [], []
        for number, (data, crop) in enumerate(zip(images, crops, strict=True)):
            try:
                made.append(decode(data, self.opened.encoding.image, (crop.shape[1], crop.shape[0])))
            except Unreadable as error:
                which = f"image {number + 1}: " if len(images) > 1 else ""
                found.append(("picture", f"{which}{error}", "", ""))
        return ([], found) if found else (made, [])

    def judge(self, files: Sequence[Rgb], crops: Sequence[Rgb], recorded: str) -> Iterator[Finding]:
        """Compare decoded files, repainted pictures and the digest of the metadata."""
        again = pixel_digest(list(crops))
        if self.opened.same_painter and again != recorded:
            yield "repaint", "the scene painted again has other pixels than were recorded", recorded, again
        if self.opened.encoding.lossless:
            has = pixel_digest(list(files))
            if has != recorded:
                yield "picture", "the picture is not the one that was recorded", recorded, has
            if not self.opened.same_painter:
                yield from self._near_painters(files, crops)
        elif self.opened.same_painter:
            yield from self._near_files(files, crops)
        else:
            yield from self._near_painters(files, crops)

    def _near_painters(self, files: Sequence[Rgb], crops: Sequence[Rgb]) -> Iterator[Finding]:
        most = PAINTERS_MEAN if self.opened.encoding.lossless else LOSSY_MEAN
        for file, crop in zip(files, crops, strict=True):
            apart = _apart(file, self._encoded(crop))
            far = float((apart.max(axis=2) > PAINTERS_FAR).mean())
            if apart.mean() > most or far > PAINTERS_SHARE:
                told = f"{apart.mean():.2f} levels on average, {far:.1%} of the pixels by more than {PAINTERS_FAR}"
                yield "repaint", "the scene painted again (by another painter) is far from the picture", "near", told

    def _near_files(self, files: Sequence[Rgb], crops: Sequence[Rgb]) -> Iterator[Finding]:
        for file, crop in zip(files, crops, strict=True):
            apart = _apart(file, self._encoded(crop))
            most, mean = int(apart.max(initial=0)), float(apart.mean())
            if most and (self.same_encoder or most > ENCODERS_MOST or mean > ENCODERS_MEAN):
                told = f"{mean:.2f} levels off on average, {most} at most"
                yield "picture", f"the picture is not what {self.opened.encoding} makes of the scene", "the same", told

    @property
    def files(self) -> Encoder:
        """What encodes pictures here."""
        if self._files is None:
            self._files = encoder(self.opened.encoding)
        return self._files

    @property
    def same_encoder(self) -> bool:
        """Whether files are encoded here by what encoded those of the data set, in the same version."""
        then, now = self.opened.manifest.versions, versions()
        names = {"simplejpeg": "simplejpeg", "isal": "isal"}
        made_by = names.get(self.files.name, "pillow")
        same = self.files.name == self.opened.manifest.encoder and then.get(made_by) == now.get(made_by)
        return same and then.get("pillow") == now.get("pillow")  # which decodes

    def _encoded(self, crop: Rgb) -> Rgb:
        """A picture after what its encoding does to it."""
        if self.opened.encoding.lossless:
            return crop
        size = (crop.shape[1], crop.shape[0])
        return decode(self.files.encode(np.ascontiguousarray(crop)), self.opened.encoding.image, size)


def _apart(one: Rgb, other: Rgb) -> npt.NDArray[np.int16]:
    return np.abs(one.astype(np.int16) - other.astype(np.int16))


def swapped(faults: Sequence[Fault], owners: dict[str, str]) -> list[Fault]:
    """The faults, with a word where a picture is that of another sample. ``owners``: samples by recorded digest."""
    told = []
    for fault in faults:
        owner = owners.get(fault.found) if fault.check == "picture" else None
        if owner is not None and owner != fault.sample:
            message = f"the picture is that of `{owner}`"
            fault = Fault(fault.check, message, fault.sample, fault.task, fault.file, fault.row, fault.expected,
                          fault.found)  # fmt: skip
        told.append(fault)
    return told
