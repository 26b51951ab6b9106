"""Exporting a graph: as one JSON document, as a file for each node, or as a wiki of Markdown pages."""
