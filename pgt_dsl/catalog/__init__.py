"""Catalogues: the translations of specs, PO files beside them, read, checked and made."""
