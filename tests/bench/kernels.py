#!/usr/bin/env python3
"""Times the schedules of assets/shelf here and in TVM, in turns, and prints both with their ratio. Run by ./dev bench.

    kernels.py LOOPGLASS SHELF_FOLDER [OUT_JSON] [--only NAME] [--rounds 3] [--threads 1]

A shelf file is a Python file: TVM runs it as it is and builds the module that its schedule ends with; Loopglass reads the same file.
"""
import argparse
import ctypes
import glob
import json
import os
import pathlib
import runpy
import statistics
import subprocess
import sys
import time

import numpy
import tvm

def target(loopglass, path):
    """The processor by LLVM's name for it, as Loopglass found it."""
    return tvm.target.Target({"kind": "llvm", "mcpu": ours(loopglass, path, 1, 0.01)["target"], "num-cores": os.cpu_count()})


class Peer:
    """A shelf file built by TVM, with arguments."""

    def __init__(self, path, cpu):
        self.module = runpy.run_path(str(path))["sch"].mod
        (name, function), = self.module.functions_items()
        built = tvm.compile(self.module, target=cpu).jit()
        device = tvm.cpu()
        rng = numpy.random.default_rng(1)
        self.arguments = [tvm.runtime.tensor(self.numbers(rng, p), device) for p in function.params]
        self.evaluator = lambda number, repeat: built.time_evaluator(name.name_hint, device, number=number, repeat=repeat)

    @staticmethod
    def numbers(rng, parameter):
        shape = [int(extent) for extent in parameter.shape]
        if str(parameter.dtype).startswith("float"):
            return rng.uniform(-1, 1, shape).astype(str(parameter.dtype))
        return rng.integers(0, 8, shape).astype(str(parameter.dtype))

    def time_ms(self, seconds):
        once = self.evaluator(1, 3)(*self.arguments).median
        number = max(1, int(0.002 / once))
        repeat = max(5, int(seconds / (once * number)))
        return self.evaluator(number, repeat)(*self.arguments).median * 1e3


def ours(loopglass, path, threads, seconds):
    out = subprocess.run([loopglass, "run", str(path), "--json", "--threads", str(threads), "--seconds", str(seconds)], capture_output=True, text=True, check=True)
    result = json.loads(out.stdout)
    assert result["verified"], path
    return result


class Blas:
    """cblas_sgemm of a shared library, 1024 x 1024 x 1024."""

    SIZE = 1024

    def __init__(self, library):
        self.sgemm = ctypes.CDLL(library).cblas_sgemm
        rng = numpy.random.default_rng(1)
        self.a, self.b = (rng.uniform(-1, 1, (self.SIZE, self.SIZE)).astype("float32") for _ in range(2))
        self.c = numpy.zeros_like(self.a)

    def call(self):
        row_major, no_transpose, n, one = 101, 111, self.SIZE, ctypes.c_float(1)
        a, b, c = (ctypes.c_void_p(x.ctypes.data) for x in (self.a, self.b, self.c))
        self.sgemm(row_major, no_transpose, no_transpose, n, n, n, one, a, n, b, n, ctypes.c_float(0), c, n)

    def time_ms(self, seconds):
        times = []
        while len(times) < 5 or sum(times) < seconds * 1e3:
            start = time.perf_counter()
            self.call()
            times.append((time.perf_counter() - start) * 1e3)
        assert numpy.allclose(self.c, self.a @ self.b, atol=1e-3)
        return statistics.median(times)


def libraries():
    """OpenBLAS from Debian and MKL from PyPI, those that are there."""
    mkl = sorted(pathlib.Path(sys.prefix).glob("lib/libmkl_rt.so*"))
    found = {"OpenBLAS": next(iter(glob.glob("/usr/lib/*/openblas-pthread/libopenblas.so.0")), None), "MKL": str(mkl[-1]) if mkl else None}
    return {name: path for name, path in found.items() if path}


def compare_blas(table, seconds, rounds):
    """The best of the shelf's products of 1024 beside the libraries."""
    ours = [statistics.median(row["here_ms"]) for row in table if row["name"].startswith("matmul_1024")]
    for name, path in libraries().items() if ours else ():
        blas = Blas(path)
        blas.time_ms(seconds)
        theirs = statistics.median(blas.time_ms(seconds) for _ in range(rounds))
        table.append({"name": f"matmul_1024, best, {name}", "here_ms": [min(ours)], "peer_ms": theirs, "ratio": min(ours) / theirs})
        print(f"{'matmul_1024 beside ' + name:28}{min(ours):12.4f}{theirs:12.4f}{min(ours) / theirs:9.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("loopglass")
    parser.add_argument("shelf", type=pathlib.Path)
    parser.add_argument("out", nargs="?")
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=0.3)
    args = parser.parse_args()
    for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TVM_NUM_THREADS"):
        os.environ[variable] = str(args.threads)
    cpu = target(args.loopglass, next(args.shelf.glob("*.py")))
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))} if args.threads == 1 else os.sched_getaffinity(0))
    table = []
    peak = ours(args.loopglass, next(args.shelf.glob("*.py")), args.threads, 0.01)["peak_gflops"]
    print(f"{args.threads} thread(s); peak {peak:.1f} GFLOP/s\n{'':28}{'here, ms':>12}{'TVM, ms':>12}{'ratio':>9}{'GFLOP/s':>9}{'of peak':>9}")
    for path in sorted(args.shelf.glob("*.py")):
        if args.only not in path.stem:
            continue
        peer = Peer(path, cpu)
        here, there = [], []
        for _ in range(args.rounds):
            run = ours(args.loopglass, path, args.threads, args.seconds)
            here.append(run["time_ms"]["median"])
            there.append(peer.time_ms(args.seconds))
        row = {"name": path.stem, "here_ms": here, "tvm_ms": there, "ratio": statistics.median(here) / statistics.median(there), "flops": run["flops"]}
        table.append(row)
        speed = run["flops"] / statistics.median(here) / 1e6
        print(f"{path.stem:28}{statistics.median(here):12.4f}{statistics.median(there):12.4f}{row['ratio']:9.3f}{speed:9.1f}{speed / peak:9.2f}", flush=True)
    if table:
        print(f"{'geometric mean':52}{statistics.geometric_mean(row['ratio'] for row in table):9.3f}")
    compare_blas(table, args.seconds, args.rounds)
    if args.out:
        pathlib.Path(args.out).write_text(json.dumps(table, indent=1))


if __name__ == "__main__":
    sys.exit(main())
