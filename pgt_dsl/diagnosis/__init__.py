"""Diagnosis: what the scored replies of models say of their seeing, and how sure that is."""
