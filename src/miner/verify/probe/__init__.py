"""Programs that run inside the Python that is looked at: the standard library, torch and the library, never miner."""
