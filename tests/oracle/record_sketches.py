#!/usr/bin/env python3
"""Records schedules that TVM's MetaSchedule finds for a CPU (its sketches with sampled decisions), as its database keeps them.

    python tests/oracle/record_sketches.py [--seed S] [--samples N] [--workloads NAME,...] FOLDER

For each workload: the design space that TVM's rules for LLVM give, each sketch replayed N times with fresh decisions, and each result put
through TVM's postprocessors, as its search does. Writes FOLDER/NAME.jsonl: its first line is

    {"workload": the database's workload line, "initial": the program, as TVM prints it}

and every other one a schedule of it: {"name", "record": the database's record line, "final": the scheduled program}.

Needs TVM 0.27 (and psutil), which is not needed to build or test.
"""
import argparse
import json
import pathlib
import tempfile

import tvm
from tvm import s_tir, te, topi
from tvm.s_tir import meta_schedule as ms
from tvm.target import Target

TARGET = Target({"kind": "llvm", "num-cores": 4})


def matmul(n, m, k):
    a, b = te.placeholder((n, k), name="A"), te.placeholder((k, m), name="B")
    r = te.reduce_axis((0, k), name="k")
    c = te.compute((n, m), lambda i, j: te.sum(a[i, r] * b[r, j], axis=r), name="C")
    return a, b, c


def with_relu(*tensors):
    *inputs, out = tensors
    return (*inputs, te.compute(out.shape, lambda *i: te.max(out(*i), tvm.tirx.const(0, out.dtype)), name="relu"))


def batch_matmul(b, n, m, k):
    x, y = te.placeholder((b, n, k), name="X"), te.placeholder((b, k, m), name="Y")
    r = te.reduce_axis((0, k), name="k")
    return x, y, te.compute((b, n, m), lambda i, j, l: te.sum(x[i, j, r] * y[i, r, l], axis=r), name="Z")


def conv2d_nhwc(n, h, w, ci, co, kernel, stride, padding):
    x = te.placeholder((n, h, w, ci), name="inputs")
    weight = te.placeholder((kernel, kernel, ci, co), name="weight")
    pad = te.compute(
        (n, h + 2 * padding, w + 2 * padding, ci),
        lambda n_, h_, w_, c: te.if_then_else(
            te.all(h_ >= padding, h_ < h + padding, w_ >= padding, w_ < w + padding), x[n_, h_ - padding, w_ - padding, c], 0.0
        ),
        name="PadInput",
    )
    oh, ow = (h + 2 * padding - kernel) // stride + 1, (w + 2 * padding - kernel) // stride + 1
    rh, rw, rc = te.reduce_axis((0, kernel), name="rh"), te.reduce_axis((0, kernel), name="rw"), te.reduce_axis((0, ci), name="rc")
    out = te.compute(
        (n, oh, ow, co),
        lambda n_, h_, w_, c: te.sum(pad[n_, h_ * stride + rh, w_ * stride + rw, rc] * weight[rh, rw, rc, c], axis=[rh, rw, rc]),
        name="conv2d_nhwc",
    )
    return x, weight, out


def conv2d_nchw(n, ci, h, w, co, kernel, stride, padding):
    x, weight = te.placeholder((n, ci, h, w), name="data"), te.placeholder((co, ci, kernel, kernel), name="kernel")
    return x, weight, topi.nn.conv2d_nchw(x, weight, stride, padding, 1)


def depthwise(n, c, h, w, kernel, stride, padding):
    x, weight = te.placeholder((n, c, h, w), name="data"), te.placeholder((c, 1, kernel, kernel), name="kernel")
    return x, weight, topi.nn.depthwise_conv2d_nchw(x, weight, stride, padding, 1)


def softmax(n, m):
    a = te.placeholder((n, m), name="A")
    return a, topi.nn.softmax(a, axis=1)


def layer_norm(n, m):
    x, gamma, beta = te.placeholder((n, m), name="X"), te.placeholder((m,), name="gamma"), te.placeholder((m,), name="beta")
    return x, gamma, beta, topi.nn.layer_norm(x, gamma, beta, [1], 1e-5)


def rms_norm(n, m):
    x, weight = te.placeholder((n, m), name="X"), te.placeholder((m,), name="weight")
    return x, weight, topi.nn.rms_norm(x, weight, [1], 1e-5)


def row_norm(n, m):
    x = te.placeholder((n, m), name="X")
    r, s = te.reduce_axis((0, m), name="r"), te.reduce_axis((0, m), name="s")
    total = te.compute((n,), lambda i: te.sum(x[i, r] * x[i, r], axis=r), name="C")
    return x, te.compute((n,), lambda i: te.sqrt(total[i]), name="D")


WORKLOADS = {
    "matmul": lambda: matmul(128, 128, 128),
    "matmul_odd": lambda: matmul(60, 42, 50),
    "matmul_relu": lambda: with_relu(*matmul(128, 128, 128)),
    "matmul_long_k": lambda: matmul(4, 4, 512),
    "batch_matmul": lambda: batch_matmul(4, 32, 32, 64),
    "conv2d_nhwc": lambda: conv2d_nhwc(1, 14, 14, 32, 64, 3, 1, 1),
    "conv2d_nhwc_stride": lambda: conv2d_nhwc(1, 28, 28, 3, 16, 3, 2, 1),
    "conv2d_nhwc_relu": lambda: with_relu(*conv2d_nhwc(1, 14, 14, 16, 32, 3, 1, 1)),
    "conv2d_nchw": lambda: conv2d_nchw(1, 16, 14, 14, 32, 3, 1, 1),
    "depthwise": lambda: depthwise(1, 32, 14, 14, 3, 1, 1),
    "softmax": lambda: softmax(64, 256),
    "layer_norm": lambda: layer_norm(32, 256),
    "rms_norm": lambda: rms_norm(32, 256),
    "row_norm": lambda: row_norm(4, 1024),
}


def printed(module):
    lines = module.script().splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("@"))
    return "\n".join(lines[first:]) + "\n"


def schedules(module, samples, seed):
    """The finished schedules of a module: every sketch, every sample that the postprocessors take."""
    context = ms.TuneContext(
        mod=module, target=TARGET, task_name="task", rand_state=seed,
        space_generator=ms.space_generator.PostOrderApply(sch_rules="llvm", postprocs="llvm", mutator_probs="llvm"),
    )
    for sketch in context.generate_design_space():
        trace = sketch.trace.simplified(remove_postproc=True)
        for sample in range(samples):
            schedule = s_tir.Schedule(module, seed=seed * 1000 + sample + 1, error_render_level="none")
            try:
                trace.apply_to_schedule(schedule, remove_postproc=True, decision_provider=lambda *_: None)
                schedule.enter_postproc()
                if all(p.apply(schedule) for p in context.space_generator.postprocs):
                    yield schedule
            except Exception as error:  # a sample that TVM itself cannot apply
                print(f"  left out: {type(error).__name__}: {str(error).strip().splitlines()[-1][:150] if str(error).strip() else ''}")


def database_lines(module, schedule):
    """What TVM's JSON database writes for a schedule: the workload's line and the record's."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(pathlib.Path(folder) / name) for name in ("workload.json", "record.json")]
        database = ms.database.JSONDatabase(path_workload=paths[0], path_tuning_record=paths[1])
        workload = database.commit_workload(module)
        args = ms.arg_info.ArgInfo.from_prim_func(module["main"])
        database.commit_tuning_record(ms.database.TuningRecord(schedule.trace, workload, [1e-3], TARGET, args))
        return [json.loads(pathlib.Path(path).read_text()) for path in paths]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=int, default=4)
    parser.add_argument("--workloads", default=",".join(WORKLOADS))
    parser.add_argument("folder", type=pathlib.Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.workloads.split(","):
        module = tvm.IRModule({"main": te.create_prim_func(WORKLOADS[name]()).with_attr("global_symbol", "main")})
        lines = []
        for schedule in schedules(module, options.samples, options.seed):
            workload, record = database_lines(module, schedule)
            if not lines:
                lines.append({"workload": workload, "initial": printed(module)})
            lines.append({"name": f"{name}_{len(lines) - 1}", "record": record, "final": printed(schedule.mod)})
        (options.folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        print(f"{name}: {len(lines) - 1} schedules")


if __name__ == "__main__":
    main()
