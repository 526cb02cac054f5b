"""Measurements → Markdown: one table per volume and latency, and the aims.

Measurements of several runs may be laid together: a round is always compared with itself.
"""

import statistics

import numpy as np
from about import line
from engines import CACHES

OURS, RIVAL = "nb-remote", "tensorstore"
PAIR = (OURS, RIVAL)

AIMS = {0: 1.3, 30: 1.0}
"""By latency in ms: wall or CPU time ÷ tensorstore's in the same round."""
OTHER_AIMS = {
    ("128-gzip", 30): 0.6,
    ("precomputed-labels", 0): 0.8,
    ("precomputed-sharded-labels", 0): 0.8,
}
ALLOWANCE = 1.1
"""An aim counts as met up to so many times the aim."""
ENOUGH_ROUNDS = 20
NEXT_SLICE = "next slice"
"""A job apart: it is about asking for nothing, and no rival keeps anything by default."""


def merge(runs):
    """Lay runs of the same volume and latency together, in the order of their first occurrence."""
    merged = {}
    for run in runs:
        jobs = merged.setdefault((run["volume"], run["latency_ms"]), {})
        first = 1 + max(
            (n for rows in jobs.values() for row in rows.values() for n in row), default=0
        )
        for job, rows in run["jobs"].items():
            for engine, row in rows.items():
                numbered = {first + int(number): one for number, one in row.items()}
                jobs.setdefault(job, {}).setdefault(engine, {}).update(numbered)
    return merged


def ratios(rows, engine, quantity):
    """Quotients to the rival, within each round that has both."""
    theirs = rows.get(RIVAL, {})
    return [
        one[quantity] / max(theirs[number][quantity], 1e-9)
        for number, one in rows.get(engine, {}).items()
        if number in theirs
    ]


def table(jobs):
    """Yield the lines of one volume and latency."""
    yield (
        "| job | engine | n | wall ms | CPU ms | wall ÷ ts (quartiles) | CPU ÷ ts | requests "
        "| peak MB |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for job, rows in jobs.items():
        for engine in CACHES:
            mine = list(rows.get(engine, {}).values())
            wall, cpu = ratios(rows, engine, "wall"), ratios(rows, engine, "cpu")
            if not mine:
                continue
            yield (
                f"| {job} | {engine} | {len(mine)} "
                f"| {1e3 * statistics.median(m['wall'] for m in mine):.1f} "
                f"| {1e3 * statistics.median(m['cpu'] for m in mine):.1f} "
                f"| {quartiles(wall)} | {statistics.median(cpu):.2f} "
                f"| {statistics.median(m['requests'] for m in mine):g} "
                f"| {max(m['peak_mb'] for m in mine)} |"
            )


def quartiles(values, digits=2):
    """Write a median with its quartiles."""
    low, mid, high = np.percentile(values, (25, 50, 75))
    return f"{mid:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def aims(merged):
    """Yield the lines that compare with the aims."""
    yield (
        "Medians of wall ÷ tensorstore / CPU ÷ tensorstore within the same round. An aim is met "
        f"when either, over at least {ENOUGH_ROUNDS} rounds, is at most {ALLOWANCE} × the aim."
    )
    yield ""
    yield (
        "| volume | latency | aim | met by wall | met by CPU alone | not met "
        f"| fewer than {ENOUGH_ROUNDS} rounds | next slice, without a request |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for (volume, latency_ms), jobs in merged.items():
        aim = OTHER_AIMS.get((volume, latency_ms), AIMS.get(latency_ms))
        if aim is None:
            continue
        verdicts = {"wall": [], "CPU": [], "not met": [], "few": [], NEXT_SLICE: []}
        for job, rows in jobs.items():
            wall, cpu = ratios(rows, OURS, "wall"), ratios(rows, OURS, "cpu")
            if not wall:
                continue
            mid_wall, mid_cpu = statistics.median(wall), statistics.median(cpu)
            which = verdict(job, len(wall), mid_wall, mid_cpu, ALLOWANCE * aim)
            text = f"{job} {mid_wall:.2f} / {mid_cpu:.2f}"
            if which == NEXT_SLICE:
                text = next_slice(rows, f"{mid_wall:.2f} / {mid_cpu:.2f}")
            verdicts[which].append(text)
        cells = " | ".join(", ".join(texts) or "–" for texts in verdicts.values())
        yield f"| {volume} | {latency_ms:g} ms | {aim:g} | {cells} |"


def verdict(job, rounds, wall, cpu, bound):
    """Name the column of the table of aims in which a job stands."""
    if job == NEXT_SLICE:
        return NEXT_SLICE
    if rounds < ENOUGH_ROUNDS:
        return "few"
    if wall <= bound:
        return "wall"
    return "CPU" if cpu <= bound else "not met"


def next_slice(rows, text):
    """Say whether it really asked for nothing."""
    asked = [one["requests"] for one in rows[OURS].values()]
    silent = sum(not one for one in asked)
    return f"{silent} of {len(asked)} rounds, {text}"


def render(runs, abouts):
    """Yield every table, with what the numbers depend on first."""
    for facts in abouts:
        yield line(facts)
    merged = merge(runs)
    for (volume, latency_ms), jobs in merged.items():
        yield f"\n### {volume}, {latency_ms:g} ms latency\n"
        yield from table(jobs)
    yield "\n## Aims\n"
    yield from aims(merged)
