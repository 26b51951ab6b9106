"""Formulas: atoms, canonical form, three-valued evaluation, points on both sides of every threshold."""
