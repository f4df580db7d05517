"""Outlines of shapes, what is measured on them, and the independent oracle in shapely."""
