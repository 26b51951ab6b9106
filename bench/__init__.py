"""Measures miner against other tools on a real release, in one run, so that the machine cancels out."""
