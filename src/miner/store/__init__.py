"""Canonical JSON, atomic writes, caches."""
