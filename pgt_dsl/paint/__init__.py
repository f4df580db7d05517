"""Pictures: the display list, the reference painter, backgrounds, text and contact sheets.

Nothing here knows the language; ``scene_display`` turns scenes into display lists and painters turn these into pixels.
"""
