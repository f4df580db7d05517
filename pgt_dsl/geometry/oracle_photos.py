"""The scalar readings of what is measured on a photo itself."""

from __future__ import annotations

from pgt_dsl.geometry.oracle import PhotoReading, Seen, UndefinedValueError, UnknownValueError, World, needs_world


def _photo(world: World) -> PhotoReading:
    found = world.photo()
    if found is None:
        if world.background[0] == "photo":
            raise UnknownValueError("the depth and the pixels of a photo")
        raise UndefinedValueError("there is no photo")
    return found


def _place(p: complex | Seen) -> complex:
    return p.at if isinstance(p, Seen) else p


@needs_world
def depth(p: complex | Seen, *, world: World) -> float:
    """How far from the camera the photo is at a point."""
    return _photo(world).depth_at(_place(p))


@needs_world
def depth_spread(p: complex | Seen, radius: float, *, world: World) -> float:
    """By what share the farthest place around a point is farther than the nearest."""
    return _photo(world).depth_spread(_place(p), radius)


@needs_world
def depth_of(s: Seen, share: float = 0.5, *, world: World) -> float:
    """A quantile of depth within an outline."""
    return _photo(world).depth_within(s.geometry, share)


@needs_world
def texture(s: Seen, *, world: World) -> float:
    """The standard deviation of the photo's L* within the box of a shape."""
    return _photo(world).texture(s.box)
