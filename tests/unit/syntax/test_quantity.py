"""Quantities in prose: the number, its unit and bounds, what it measures and where that goes."""

from __future__ import annotations

import pytest

from miner.syntax.quantity import quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reduces memory usage by ~60%.", [("~60%", "memory usage", "decrease", 60, 60, "%")]),
        ("at the cost of 10-20% slower training", [("10-20%", "training speed", "decrease", 10, 20, "%")]),
        ("providing up to 8x speedup with negligible loss", [("8x", "speed", "increase", None, 8, "x")]),
        ("a clip of > 30 seconds is cut", [("30 seconds", None, None, 30, None, "s")]),
        ("it must compute at least 90% of the area", [("90%", None, None, 90, None, "%")]),
        ("at least 1.5 times faster decoding", [("1.5 times", "decoding speed", "increase", 1.5, None, "x")]),
        ("no more than 1x model size in CPU memory", [("1x", "cpu memory", None, None, 1, "x")]),
        ("multi-GPU throughput grows by 20%", [("20%", "multi-gpu throughput", "increase", 20, 20, "%")]),
        ("only for files of 30 seconds or less", [("30 seconds", None, None, None, 30, "s")]),
        ("files of 2 minutes or more", [("2 minutes", None, None, 2, None, "min")]),
        ("moved by up to 5% of the image's size", [("5%", None, None, None, 5, "%")]),
        ("saves 30% of the memory", [("30%", "memory", "decrease", 30, 30, "%")]),
        ("from a 4x time reduction on frames", [("4x", None, None, 4, 4, "x")]),
        ("does not use more than 2x the model size", [("2x", "model size", None, None, 2, "x")]),
        ("the throughput is higher (~15%)", [("~15%", "throughput", "increase", 15, 15, "%")]),
        ("10 percent memory savings, and 3% loss", [
            ("10 percent", "memory", "decrease", 10, 10, "%"), ("3%", "loss", None, 3, 3, "%"),
        ]),
        ("adds a latency of 5 ms per call", [("5 ms", "latency", None, 5, 5, "ms")]),
        ("time reduction of the frames of 10ms", [("10ms", None, None, 10, 10, "ms")]),
        ("shards of 5GB, after 3 to 5 minutes", [
            ("5GB", None, None, 5, 5, "GB"), ("3 to 5 minutes", None, None, 3, 5, "min"),
        ]),
        ("the model is 15GB, while the cache is 1.4GB", [
            ("15GB", "model", None, 15, 15, "GB"), ("1.4GB", "cache", None, 1.4, 1.4, "GB"),
        ]),
        ("so that the initial odds are 50%", [("50%", "initial odds", None, 50, 50, "%")]),
        ("it is 50%, typically 20 times the rank of others", [
            ("50%", None, None, 50, 50, "%"), ("20 times", "rank", None, 20, 20, "x"),
        ]),
        ("a step is longer than 30 seconds", [("30 seconds", "step", None, 30, None, "s")]),
        ("more than half, greater than 50% of the rows", [("50%", None, None, 50, None, "%")]),
        ("requests are limited to 4 MiB", [("4 MiB", "requests", None, None, 4, "MiB")]),
        ("takes no longer than 5 secs", [("5 secs", None, None, None, 5, "s")]),
        ("must end within 2 min, over 3 GB of data", [
            ("2 min", None, None, None, 2, "min"), ("3 GB", None, None, 3, None, "GB"),
        ]),
        ("the mean over 10 seconds", [("10 seconds", None, None, 10, 10, "s")]),
        ("Up to around 20% slower", [("around 20%", "speed", "decrease", None, 20, "%")]),
        ("at a cost of about [5% slower loading](url)", [("about [5%", "loading speed", "decrease", 5, 5, "%")]),
        ("roughly 2x to 3x faster", [("roughly 2x to 3x", "speed", "increase", 2, 3, "x")]),
        ("between 5 and 10 mins", [("5 and 10 mins", None, None, 5, 10, "min")]),
        ("greater than 3~4 sec", [("3~4 sec", None, None, 3, None, "s")]),
        ("a model size of <0.5MB", [("0.5MB", "model size", None, None, 0.5, "MB")]),
        ("slows down training by ~2x", [("~2x", "training speed", "decrease", 2, 2, "x")]),
        ("the same accuracy with 50x fewer weights", [("50x", "weights", "decrease", 50, 50, "x")]),
        ("2x faster on data with 10% outliers", [
            ("2x", "speed", "increase", 2, 2, "x"), ("10%", None, None, 10, 10, "%"),
        ]),
        ("a reduction of more than 2x to get a speedup", [("2x", None, "decrease", 2, None, "x")]),
        ("an improvement of 10% in throughput", [("10%", "throughput", "increase", 10, 10, "%")]),
        ("with a 10% performance hit", [("10%", "performance", "decrease", 10, 10, "%")]),
        ("a bandwidth of 900 GB/s", [("900 GB/s", "bandwidth", None, 900, 900, "GB/s")]),
        ("on 8x H100 or 4x GPUs, rows[:50%], (1x...), p<5% and x->5x", []),
        ("imposes no more than a 10% overhead", [("10%", "overhead", None, None, 10, "%")]),
        ("doesn't support a width >= 64KB", [("64KB", None, None, 64, None, "KB")]),
        ("within \u00b110% of the range, 50%+ of it", [
            ("\u00b110%", None, None, None, 10, "%"), ("50%", None, None, 50, None, "%"),
        ]),
        ("8x faster and 10% more accurate", [
            ("8x", "speed", "increase", 8, 8, "x"), ("10%", "accuracy", "increase", 10, 10, "%"),
        ]),
        ("faster reads (e.g. 50x, i.e. much)", [("50x", "speed", "increase", 50, 50, "x")]),
        ("cached memory is at most 25% of what is there", [("25%", None, None, None, 25, "%")]),
        ("slows training 2x, with ``chunk_bytes`` (256MB)", [
            ("2x", "training speed", "decrease", 2, 2, "x"), ("256MB", "chunk bytes", None, 256, 256, "MB"),
        ]),
        ("the rate was fixed (from 44.1 to 48 kHz)", [("44.1 to 48 kHz", None, None, 48, 48, "kHz")]),
        ("kept from 2 to 3 days", [("2 to 3 days", None, None, 2, 3, "d")]),
        ("0.4 percentage points of accuracy", [("0.4 percentage points", "accuracy", None, 0.4, 0.4, "%")]),
        ("takes 1,000 seconds", [("1,000 seconds", None, None, 1000, 1000, "s")]),
        ("a 512x512 image, 1 x height, v4.5, {share:.2f}%, https://h.co/a%20b mp3, at 0x{place} on Python 3.7x", []),
    ],
)  # fmt: skip
def test_number_measure_and_direction(text, expected):
    """Open bounds are None, and so is what the clause does not say."""
    assert [tuple(found) for found in quantities(text)] == expected


def test_a_name_in_quotes_is_what_its_value_measures():
    """`shard_size` (50GB default): the value stands right behind the name."""
    (found,) = quantities("must exceed the `self.shard_size` (50GB default)")
    assert (found.metric, found.low) == ("shard size", 50)
