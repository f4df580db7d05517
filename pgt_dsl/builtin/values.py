"""Values with names: colours, forms, and the lists that fields are drawn from."""

from __future__ import annotations

COLORS = {
    "red": "#d92b2b",
    "orange": "#f58a1f",
    "yellow": "#f5d20f",
    "green": "#2f9e44",
    "blue": "#2563d9",
    "purple": "#7d35b5",
    "pink": "#f48fc1",
    "brown": "#7d4a21",
    "black": "#161616",
    "white": "#ffffff",
    "grey": "#8a8d91",
    "navy": "#17255e",
    "maroon": "#6d1431",
    "cyan": "#2fc3d4",
}

FORMS = (
    "circle", "square", "triangle", "pentagon", "hexagon", "star", "cross", "heart", "diamond", "ellipse", "rectangle",
)  # fmt: skip

# Short, common, and each well apart from the others: no two of a length differ in one letter only.
_WORDS = (
    "apple", "arm", "bag", "bell", "bird", "boat", "book", "bread", "bus", "camel", "chair", "cloud", 
    "corn", "cup", "desk", "dog", "door", "duck", "egg", "farm", "fish", "flag", "frog", "garden", "hand",
    "honey", "horse", "ice", "key", "king", "lake", "lamp", "leaf", "lemon", "milk", "moon", "mouse", "nest",
    "ocean", "onion", "pen", "piano", "plane", "queen", "rain", "river", "salt", "ship", "snow", "soup", "spoon",
    "sugar", "table", "tiger", "train", "tree", "wheel", "wolf", "yard", "zebra",
)  # fmt: skip

LISTS = {
    "basic": (
        "color", ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "grey"),
    ),
    "vivid": ("color", ("red", "orange", "yellow", "green", "blue", "purple", "pink", "cyan")),
    "pastel": (
        "color",
        ("#f7f1e6", "#eef3f8", "#f1f6ee", "#f8eeee", "#f3eff8", "#eef6f5", "#f7f5e8", "#f4f4f2", "#fbf0e6", "#eaf0f3"),
    ),
    "greys": ("color", ("#4a4a4a", "#626262", "#7a7a7a", "#929292", "#aaaaaa", "#c2c2c2")),
    # of middling lightness and low chroma, so that they can be made lighter, darker, or turned in hue
    "shades": (
        "color",
        ("#a8716c", "#a17a4f", "#8c8648", "#6a8e5b", "#4f9180", "#538ea6", "#7484b4", "#967aa6", "#a5728c", "#838383"),
    ),
    "ground_tones": ("color", ("#c9b48f", "#b7a77c", "#a9b288", "#bfb6a4", "#c4a98c")),
    "forms": (
        "form", ("circle", "square", "triangle", "star", "heart", "cross", "diamond", "pentagon", "hexagon"),
    ),
    "words": ("text", _WORDS),
    "letters": ("text", tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
}  # fmt: skip
