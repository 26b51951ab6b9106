"""Data files: idioms, catalogs and machine descriptions, each checked against its schema when it is read."""
