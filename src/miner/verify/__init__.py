"""Runs what was mined against a machine: plans looks at the library's own gates, and judges what happened."""
