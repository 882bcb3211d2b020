#!/usr/bin/env python3
"""Whether the stopwatch can be believed: how often two identical versions are called a tie, and one made 3 % slower is called slower. Run by ./dev bench.

    stopwatch.py LOOPGLASS [OUT_JSON] [--runs 100] [--seconds 0.5]

Each question is asked on a quiet machine and beside a neighbour that keeps the other cores busy in bursts.
"""
import argparse
import collections
import json
import multiprocessing
import os
import pathlib
import subprocess
import tempfile
import time

# x = x / 2 + A, often enough that float32 has nothing left to change: more rounds take longer and give the same.
PROGRAM = """from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Rounds:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((4096,), "float32"), B: T.Buffer((4096,), "float32")):
        for i in range(4096):
            with T.sblock("start"):
                vi = T.axis.spatial(4096, i)
                B[vi] = A[vi]
        for r, i in T.grid({rounds}, 4096):
            with T.sblock("round"):
                vr, vi = T.axis.remap("RS", [r, i])
                B[vi] = B[vi] * T.float32(0.5) + A[vi]
"""


def neighbour(stop):
    """Half of the time busy, in bursts of 20 ms."""
    while not stop.is_set():
        end = time.monotonic() + 0.02
        while time.monotonic() < end:
            pass
        time.sleep(0.02)


def verdicts(loopglass, one, other, runs, seconds):
    counts = collections.Counter()
    for _ in range(runs):
        out = subprocess.run([loopglass, "run", one, "--against", other, "--json", "--seconds", str(seconds)], capture_output=True, text=True, check=True)
        counts[json.loads(out.stdout)["against"]["verdict"]] += 1
    return counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("loopglass")
    parser.add_argument("out", nargs="?")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=0.5)
    args = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, rounds in (("same", 200), ("slower", 206)):
            files[name] = os.path.join(folder, name + ".py")
            pathlib.Path(files[name]).write_text(PROGRAM.format(rounds=rounds))
        for surroundings in ("quiet", "busy neighbour"):
            stop = multiprocessing.Event()
            others = [multiprocessing.Process(target=neighbour, args=(stop,)) for _ in range(max(1, os.cpu_count() - 1))] if surroundings != "quiet" else []
            for process in others:
                process.start()
            same = verdicts(args.loopglass, files["same"], files["same"], args.runs, args.seconds)
            slower = verdicts(args.loopglass, files["slower"], files["same"], args.runs, args.seconds)
            stop.set()
            for process in others:
                process.join()
            results[surroundings] = {"identical": same, "3 % slower": slower}
            print(f"{surroundings:16} identical: tie {same['tie']} of {args.runs};  3 % slower: slower {slower['slower']} of {args.runs}, tie {slower['tie']}", flush=True)
    if args.out:
        pathlib.Path(args.out).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
