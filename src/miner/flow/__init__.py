"""Path conditions: what must hold for execution to reach a statement."""
