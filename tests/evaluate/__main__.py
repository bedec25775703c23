"""Print what share of known faults the checks find, and how often they cry over changes that are fine.

`python -m tests.evaluate` does all; `small`, `operators`, `negatives` a part. `trajectories FILE` looks at patches of
open runs, of which somebody knows whether they resolved their task. History and operators need bare mirrors
of public repositories, `DIR/owner+name/repo`, given by `--repos DIR`. Results are kept by the code that found them
(below `REVIEWER_EVALUATE_CACHE`), so that a second call takes seconds. Run it from a tree that nobody is writing in.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.evaluate import baseline, history, report, small_run, small_set
from tests.evaluate.measured import as_json, as_toml
from tests.evaluate.parallel import examine_all
from tests.evaluate.score import Rates, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.evaluate.examined import Examined

PARTS = ("small", "operators", "negatives")
NOTHING = Rates(0, 0, {})


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for and print it."""
    chosen = _parser().parse_args(arguments)
    if chosen.part == "trajectories":
        return _trajectories(chosen)
    parts = PARTS if chosen.part == "all" else (chosen.part,)
    if chosen.repos is None and parts != ("small",):
        print("--repos: where are the mirrors?", file=sys.stderr)
        return 2
    data: dict[str, Any] = {}
    rates = NOTHING
    if chosen.rates is not None:
        rates = Rates.from_json(json.loads(chosen.rates.read_text("utf-8"))["rates"])
    elif chosen.repos is not None:
        rates = _negatives(chosen, data, shown="negatives" in parts)
    if "operators" in parts:
        _operators(chosen, data, rates)
    if "small" in parts:
        _small(chosen, data, rates)
    if chosen.json:
        chosen.json.write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    return 0


def _operators(chosen: argparse.Namespace, data: dict[str, Any], rates: Rates) -> None:
    from tests.evaluate.operators import run as operators
    from tests.evaluate.operators import told

    planted = operators.measure(chosen.repos, chosen.each, rates, chosen.mode)
    data["operators"] = _print(told.table(planted))
    if chosen.write_planted:
        chosen.write_planted.write_text(told.as_markdown(planted, rates), "utf-8")
    if chosen.misses:
        for mode, lines in told.misses(planted).items():
            (chosen.misses / f"planted-{mode}.txt").write_text("\n".join(lines) + "\n", "utf-8")


def _trajectories(chosen: argparse.Namespace) -> int:
    from tests.evaluate.trajectories.run import measure

    if chosen.file is None or not chosen.file.is_file():
        print("trajectories FILE: where are they?", file=sys.stderr)
        return 2
    told = _print(measure(chosen.file, chosen.repos, chosen.limit))
    if chosen.json:
        chosen.json.write_text(json.dumps({"trajectories": told}, indent=1) + "\n", "utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.evaluate", description=__doc__)
    made.add_argument("part", nargs="?", choices=(*PARTS, "trajectories", "all"), default="all")
    made.add_argument("file", nargs="?", type=Path, help="of trajectories, JSON lines")
    made.add_argument("--repos", type=Path, metavar="DIR", help="bare mirrors, DIR/owner+name/repo")
    made.add_argument("--limit", type=int, metavar="N", help="commits of history")
    made.add_argument("--rates", type=Path, metavar="FILE", help="the rates of history from an earlier --json")
    made.add_argument("--each", type=int, metavar="N", help="faults for each operator")
    made.add_argument("--mode", action="append", default=[], metavar="MODE", help="planted faults of this mode only")
    made.add_argument("--write-planted", type=Path, metavar="PATH", help="the share of planted faults found, as a page")
    made.add_argument("--probe", action="store_true", help="run the tests of the small changes first")
    made.add_argument("--json", type=Path, metavar="FILE", help="the figures as data")
    made.add_argument("--write-measured", type=Path, metavar="PATH", help="the rates of rules as TOML")
    made.add_argument("--misses", type=Path, metavar="DIR", help="what the open half misses and what cries, by mode")
    return made


def _negatives(chosen: argparse.Namespace, data: dict[str, Any], *, shown: bool) -> Rates:
    commits = history.commits(chosen.repos, chosen.limit)
    results = examine_all({one.name: one for one in commits}, history.run, "commits of history")
    python = [results[one.name] for one in commits if one.language == "python"]
    rates = Rates.of(python)
    repositories = sorted({one.repository.parent.name.replace("+", "/") for one in commits if one.language == "python"})
    data["measured"] = as_json(rates, repositories)
    data["rates"] = rates.as_json()
    if chosen.write_measured:
        chosen.write_measured.write_text(as_toml(rates, repositories), "utf-8")
    if chosen.misses:
        for mode, lines in report.cries(results.values()).items():
            (chosen.misses / f"alarms-{mode}.txt").write_text("\n".join(lines) + "\n", "utf-8")
    if shown:
        for language in dict.fromkeys(one.language for one in commits):
            some = [results[one.name] for one in commits if one.language == language]
            _print(report.alarms(f"History, {language}", Rates.of(some), some))
    return rates


def _small(chosen: argparse.Namespace, data: dict[str, Any], rates: Rates) -> None:
    first, second = small_set.load(), small_set.load_second()
    changes = (*first, *second)
    how, said = (small_run.probed, "probed ") if chosen.probe else (small_run.run, "")
    named = {f"{said}{one.digest}": one for one in changes}
    examined: dict[str, Examined] = examine_all(named, how, f"{said}small changes")
    results = {change.name: examined[name] for name, change in named.items()}
    for title, its in (("First small set", first), ("Second small set", second), ("Both small sets", changes)):
        for half in ("open", "held"):
            some = [one for one in its if one.half == half]
            if some:
                _print(report.small(f"{title}, {half}", some, results, rates))
                hits, labels, strays = baseline.found(some)
                print(f"  a linter and a type checker alone: {hits} of {labels} places, {strays} messages elsewhere")
    judged = judge(changes, results, rates)
    data["small"] = {mode: {"labels": one.labels, "found": one.found} for mode, one in judged.tallies.items()}
    if chosen.misses:
        for mode, lines in report.misses(judged).items():
            (chosen.misses / f"misses-{mode}.txt").write_text("\n".join(lines) + "\n", "utf-8")


def _print(lines: Iterable[str]) -> list[str]:
    kept = list(lines)
    print("\n".join(kept), flush=True)
    return kept


if __name__ == "__main__":
    raise SystemExit(main())
