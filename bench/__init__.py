"""Measurements of the product beside the baselines it must beat."""
