#!/usr/bin/env python3
"""Times real TVM on what engine_bench times here, and prints both with their ratio. Run by ./dev bench.

    tvm_peer.py ENGINE_BENCH_JSON [OUT_JSON]

ENGINE_BENCH_JSON: what loopglass_bench --benchmark_format=json gave, moments before, on this machine. TVM's steps are timed around the one
call, on a copy of the schedule: medians of the calls, with the quartiles.
"""
import ast
import json
import pathlib
import statistics
import sys
import time

import tvm
from tvm import s_tir

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = """
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def mm_relu(A: T.Buffer((128, 128), "float32"), B: T.Buffer((128, 128), "float32"), C: T.Buffer((128, 128), "float32")):
        T.func_attr({"tirx.noalias": True})
        Y = T.sblock_alloc_buffer((128, 128))
        for i, j, k in T.grid(128, 128, 128):
            with T.sblock("Y"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    Y[vi, vj] = T.float32(0)
                Y[vi, vj] = Y[vi, vj] + A[vi, vk] * B[vk, vj]
        for i, j in T.grid(128, 128):
            with T.sblock("C"):
                vi, vj = T.axis.remap("SS", [i, j])
                C[vi, vj] = T.max(Y[vi, vj], T.float32(0))
"""


def timed(prepare, call, calls=200):
    """Microseconds of each call; `prepare` is not timed."""
    times = []
    for _ in range(calls):
        argument = prepare()
        start = time.perf_counter()
        call(argument)
        times.append((time.perf_counter() - start) * 1e6)
    return times[len(times) // 10:]


def step_times(module, function):
    """Of the last statement of a function of steps.py, after all before it."""
    prefix, last = ast.Module(function.body[:-1], []), ast.Module(function.body[-1:], [])
    prefix_code, last_code = compile(prefix, "steps", "exec"), compile(last, "steps", "exec")

    def prepare():
        schedule = s_tir.Schedule(module)
        schedule.work_on("mm_relu")
        names = {"sch": schedule}
        exec(prefix_code, names)  # our own statements
        return names

    return timed(prepare, lambda names: exec(last_code, names))


def tvm_times():
    module = tvm.script.from_source(PROGRAM)
    scheduled = s_tir.Schedule(module)
    scheduled.work_on("mm_relu")
    times = {"parse": timed(lambda: None, lambda _: tvm.script.from_source(PROGRAM), 40),
             "print": timed(lambda: None, lambda _: scheduled.mod.script(), 100)}
    for function in ast.parse((HERE / "steps.py").read_text()).body:
        if isinstance(function, ast.FunctionDef):
            try:
                times[f"step/{function.name}"] = step_times(module, function)
            except Exception as error:  # a step that this TVM refuses has no time to compare
                sys.exit(f"TVM refuses {function.name}: {str(error).splitlines()[-1]}")
    return times


def engine_times(path):
    """The repetitions of each benchmark, in microseconds."""
    times = {}
    for run in json.loads(pathlib.Path(path).read_text())["benchmarks"]:
        if run.get("run_type") == "iteration":
            scale = {"ns": 1e-3, "us": 1, "ms": 1e3}[run["time_unit"]]
            times.setdefault(run["run_name"], []).append(run["real_time"] * scale)
    return times


def main():
    ours, theirs, table = engine_times(sys.argv[1]), tvm_times(), []
    print(f"{'':28}{'here, us':>12}{'TVM, us':>12}{'TVM quartiles':>22}{'ratio':>9}")
    for name, times in theirs.items():
        low, middle, high = statistics.quantiles(times, n=4)
        here = statistics.median(ours[name])
        table.append({"name": name, "here_us": here, "tvm_us": middle, "tvm_quartiles_us": [low, high], "ratio": here / middle})
        print(f"{name:28}{here:12.1f}{middle:12.1f}{f'{low:.1f} to {high:.1f}':>22}{here / middle:9.3f}")
    if len(sys.argv) > 2:
        pathlib.Path(sys.argv[2]).write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()
