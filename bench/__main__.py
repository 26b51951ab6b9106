"""`python -m bench [RELEASE [NEIGHBOUR]]`: prints what miner and other tools take on the same files, and the budgets.

The release is unpacked only into a temporary folder, for the other tools. Downloads happen before anything is measured.
Ends with 1 when a budget is not met.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from bench.process import Measure, measured, miner

MIB = 1 << 20
RULE = "id: bench\nlanguage: python\nrule:\n  pattern: requires_backends($$$ARGUMENTS)\n"
BIN = Path(sys.executable).parent


def main(release: str = "transformers==5.23.0", neighbour: str | None = None) -> int:
    """Measure everything once and print two tables; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="miner-bench-") as name:
        return _bench(Path(name), release, neighbour)


def _bench(work: Path, release: str, neighbour: str | None) -> int:
    cache = {"XDG_CACHE_HOME": str(work / "cache")}
    sizes = _fetched(work, release)
    further = _fetched(work, neighbour) if neighbour else {}
    graph, tree = work / "graph", work / "tree"

    cold, document = miner("miner extract, cold", release, graph, work / "cold", **cache)
    warm, _ = miner("miner extract, again", release, graph, work / "warm", **cache)
    runs = [cold, warm]
    if neighbour:
        beside, _ = miner(f"miner extract {neighbour}, after", neighbour, work / "neighbour", work / "beside", **cache)
        runs.append(beside)

    parse, counted = _others(work, release, graph, tree, runs)
    files, size = map(int, counted.split())
    print(f"{release}: {files:,} files, {size / 1e6:.1f} MB; {sum(document['nodes'].values()):,} nodes\n")
    print(f"{'':36} {'CPU s':>8} {'wall s':>8} {'peak MiB':>9} {'CPU / parse':>12} {'wall / parse':>13}")
    for run in runs:
        print(
            f"{run.name:36} {run.cpu:8.2f} {run.wall:8.2f} {run.memory / MIB:9,.0f}"
            f" {run.cpu / parse.cpu:12.2f} {run.wall / parse.wall:13.2f}"
        )

    griffe = next(run for run in runs if run.name == "griffe dump")
    budgets = [
        ("cold extract, CPU / bare parse", cold.cpu / parse.cpu, 3.0, ""),
        ("cold extract, CPU / griffe dump", cold.cpu / griffe.cpu, 1 / 3, ""),
        ("extract again, CPU / cold", warm.cpu / cold.cpu, 0.05, ""),
        ("peak memory of any process", max(cold.memory, warm.memory) / MIB, 700.0, "MiB"),
        ("schema validation, CPU / cold", _validation(work, graph) / cold.cpu, 0.10, ""),
        ("miner --help, best of 5", _help(work), 0.3, "s"),
    ]
    if neighbour:
        changed = sum(s for blob, s in further.items() if blob not in sizes) / sum(further.values())
        budgets.append((f"neighbour ({changed:.1%} changed), CPU / cold", runs[2].cpu / cold.cpu, changed + 0.15, ""))
    print(f"\n{'budget':42} {'measured':>10} {'at most':>10}")
    for what, value, most, unit in budgets:
        print(f"{what:42} {value:10.3f} {most:10.3f} {unit:4} {'pass' if value <= most else 'FAIL'}")
    return int(any(value > most for _, value, most, _ in budgets))


def _fetched(work: Path, spec: str) -> dict[str, int]:
    command: list[str | Path] = [sys.executable, "-m", "bench.unpack", spec, work / "cache" / "miner"]
    return dict(json.loads(measured("fetch", command, work / "fetch")[1]))


def _others(work: Path, release: str, graph: Path, tree: Path, runs: list[Measure]) -> tuple[Measure, str]:
    """Run the other tools on the files that were mined; return the bare parse and what it printed."""
    outcomes = map(json.loads, (graph / "outcomes.jsonl").read_text(encoding="utf-8").splitlines())
    (work / "mined.json").write_text(json.dumps([row["path"] for row in outcomes if row["outcome"] == "mined"]))
    tree.mkdir()
    unpack = ["-m", "bench.unpack", release, work / "cache" / "miner", work / "mined.json", tree]
    measured("unpack", [sys.executable, *unpack], work / "unpack")

    parse, counted = measured("tree-sitter, bare parse", [sys.executable, "-m", "bench.parse", tree], work / "parse")
    scan: list[str | Path] = [
        BIN / "ast-grep",
        "scan",
        "--inline-rules",
        RULE,
        "--json=stream",
        "--no-ignore",
        "hidden",
    ]
    package = release.partition("==")[0].replace("-", "_").lower()
    search = tree / "src" if (tree / "src" / package).is_dir() else tree
    dump: list[str | Path] = [BIN / "griffe", "dump", package, "-s", search, "-X", "-o", work / "griffe.json"]
    runs.append(parse)
    runs.append(measured("ast-grep, one rule", [*scan, tree], work / "ast-grep")[0])
    runs.append(measured("griffe dump", dump, work / "griffe")[0])
    return parse, counted


def _validation(work: Path, graph: Path) -> float:
    text = measured("validation", [sys.executable, "-m", "bench.validate", graph], work / "validate")[1]
    return float(json.loads(text)["seconds"])


def _help(work: Path) -> float:
    return min(measured("help", [BIN / "miner", "--help"], work / "help")[0].wall for _ in range(5))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
