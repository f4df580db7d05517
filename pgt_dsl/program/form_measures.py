"""Measures of the forms at size 1, written down so that reading them needs no geometry; a test computes them anew."""

from __future__ import annotations

from typing import NamedTuple


class Form(NamedTuple):
    """Measures of a form of size 1 about its centre."""

    half_width: float  # at turn 0
    half_height: float
    least: float  # the least and greatest reach to one side at any turn
    most: float
    inner: float  # radius of a disc about the centre that lies inside; -1 where the centre does not
    area: float


FORMS: dict[str, Form] = {
    "circle": Form(0.5, 0.5, 0.5, 0.5, 0.5, 0.7853981633974),
    "square": Form(0.5, 0.5, 0.4969146646263, 0.7071067811865, 0.5, 1.0),
    "triangle": Form(0.5, 0.4330127018922, 0.2136202839732, 0.6614378277661, 0.2165063509461, 0.4330127018922),
    "pentagon": Form(0.5, 0.4755282581476, 0.3822359392127, 0.5671142980999, 0.3847104421469, 0.6571638901489),
    "hexagon": Form(0.4330127018922, 0.5, 0.4308310403272, 0.5, 0.4330127018922, 0.6495190528383),
    "star": Form(0.5, 0.4755282581476, 0.3822359392127, 0.5671142980999, 0.1629091177211, 0.3102983099024),
    "cross": Form(0.5, 0.5, 0.4691048475814, 0.5270462766947, 0.2357022603955, 0.5555555555556),
    "heart": Form(0.5, 0.4515222387288, 0.3025610470671, 0.569051584026, 0.2359777612712, 0.5475722762538),
    "diamond": Form(0.35, 0.5, 0.2846065566105, 0.5, 0.2867311721817, 0.35),
    "ellipse": Form(0.5, 0.3, 0.2977155359277, 0.5, 0.2998697587052, 0.4704822735819),
    "rectangle": Form(0.5, 0.3, 0.2974557672727, 0.5830951894845, 0.3, 0.6),
}
