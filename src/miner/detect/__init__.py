"""Detectors: one module finds one form of evidence."""
