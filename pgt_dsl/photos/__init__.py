"""Photographs for backgrounds: the shipped ones, a folder of the user's, and the objects annotated on them."""
