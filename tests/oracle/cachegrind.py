"""The cache model held against valgrind's cachegrind, reference by reference: loads, stores and the misses of both levels must be equal.

Each kernel is written twice: as TVMScript for `loopglass access`, and as C whose every reference is one movss on a source line of its own, on buffers
that lie at the model's addresses. One flat counter gives all indices by shift and mask, so that nothing else touches memory; 4 MiB of other
reads come first, so that what the start of a process left in the caches is gone.

    cachegrind.py LOOPGLASS [--only NAME] [--keep DIR]
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

# Small enough that these kernels do not fit, and a usual one.
HIERARCHIES = {"4K/4 + 32K/8": [("L1", 4096, 4), ("LL", 32768, 8)], "32K/8 + 512K/8": [("L1", 32768, 8), ("LL", 524288, 8)]}
LINE = 64


class Kernel:
    """`loops`: (variable, extent), extents powers of two, the outermost first. `references`: (buffer, index expressions in C, which are Python too),
    in the order in which they are made, the last a store; an index is over the loop variables. `init`: the reduction loops' condition."""

    def __init__(self, name, shapes, loops, statement, reads, write, init=None, pitch=None):
        self.name, self.shapes, self.loops, self.statement = name, shapes, loops, statement
        self.reads, self.write, self.init, self.pitch = reads, write, init, pitch or {}

    def tvmscript(self):
        parameters = ", ".join(f'{name}: T.Buffer({shape}, "float32")' for name, shape in self.shapes.items())
        lines = ["# from tvm.script import tir as T", "@T.prim_func(s_tir=True)", f"def main({parameters}):"]
        for depth, (var, extent) in enumerate(self.loops):
            lines.append("    " * (depth + 1) + f"for {var} in range({extent}):")
        inner = "    " * (len(self.loops) + 1)
        if self.init:
            lines += [inner + f"if {self.init}:", inner + f"    {index(self.write)} = T.float32(0)"]
        lines.append(inner + f"{index(self.write)} = " + self.statement.format(*map(index, self.reads)))
        return "\n".join(lines) + "\n"

    def references(self):
        """(kind, reference, condition), in program order."""
        made = [("write", self.write, self.init)] if self.init else []
        return made + [("read", read, None) for read in self.reads] + [("write", self.write, None)]


def index(reference):
    return f"{reference[0]}[{', '.join(reference[1])}]"


def c_program(kernel, model):
    """The source, and the line of each reference."""
    places = {b["name"]: (b["base"], b["strides"], b["shape"]) for b in model["buffers"]}
    lines = ["#include <sys/mman.h>", "#include <stdint.h>", "#include <stdlib.h>",
             "static void place(uintptr_t base, size_t bytes) {",
             "  void* at = mmap((void*)base, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);",
             "  if (at != (void*)base) abort();", "}",
             "__attribute__((noinline)) static void other(void) {",
             "  for (uintptr_t at = 0x40000000; at < 0x40400000; at += 64) { float x; __asm__ volatile(\"movss %1, %0\" : \"=x\"(x) : \"m\"(*(const float*)at)); }", "}",
             "__attribute__((noinline)) static void kernel(void) {"]
    total = math.prod(extent for _, extent in kernel.loops)
    lines.append(f"  for (uintptr_t t = 0; t < {total}; ++t) {{")
    shift = int(math.log2(total))
    for var, extent in kernel.loops:
        shift -= int(math.log2(extent))
        lines.append(f"    const uintptr_t {var} = (t >> {shift}) & {extent - 1};")
    lines.append("    " + " ".join(f"float r{n};" for n in range(len(kernel.reads))))
    at, loads = [], 0
    for kind, (buffer, indices), condition in kernel.references():
        base, strides, _ = places[buffer]
        address = f"*(float*)({base}u + " + " + ".join(f"({i}) * {stride}u" for i, stride in zip(indices, strides)) + ")"
        if condition:
            lines.append(f"    if ({condition.replace(' and ', ' && ')})")
        if kind == "read":
            lines.append(f'      __asm__ volatile("movss %1, %0" : "=x"(r{loads}) : "m"({address}));')
            loads += 1
        else:
            value = "r0" if loads else "0.0f"
            lines.append(f'      __asm__ volatile("movss %1, %0" : "=m"({address}) : "x"({value}));')
        at.append(len(lines))
    used = ", ".join(f'"x"(r{n})' for n in range(loads))   # so that each load has a register of its own
    lines += [f'    __asm__ volatile("" : : {used});', "  }", "}", "int main(void) {", "  place(0x40000000, 0x400000);"]
    for base, strides, shape in places.values():
        lines.append(f"  place({base}u, {strides[0] * shape[0]});")
    lines += ["  other();", "  kernel();", "  return 0;", "}"]
    return "\n".join(lines) + "\n", at


def events_by_line(path):
    """{line: {event: count}} of the function `kernel`."""
    events, lines, inside = [], {}, False
    for text in path.read_text().splitlines():
        if text.startswith("events:"):
            events = text.split()[1:]
        elif text.startswith("fn="):
            inside = text[3:] == "kernel"
        elif inside and text[:1].isdigit():
            number, *counts = map(int, text.split())
            found = lines.setdefault(number, dict.fromkeys(events, 0))
            for event, count in zip(events, counts):
                found[event] += count
    return lines


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def check(kernel, hierarchy, loopglass, folder):
    of_levels = HIERARCHIES[hierarchy]
    script, source = folder / f"{kernel.name}.py", folder / f"{kernel.name}.c"
    script.write_text(kernel.tvmscript())
    levels = [part for name, size, ways in of_levels for part in ("--level", f"{name}={size},{ways}")]
    pitches = [part for name, pitch in kernel.pitch.items() for part in ("--stride", f"{name}={pitch}")]
    model = json.loads(run(loopglass, "access", script, "--line", LINE, *levels, *pitches, "--json"))
    text, at = c_program(kernel, model)
    source.write_text(text)
    program, out = folder / kernel.name, folder / f"{kernel.name}.out"
    run("gcc", "-O1", "-g", source, "-o", program)
    caches = {flag: f"{size},{ways},{LINE}" for flag, (_, size, ways) in zip(("D1", "LL"), of_levels)}
    run("valgrind", "--tool=cachegrind", "--cache-sim=yes", "--I1=32768,8,64", *(f"--{flag}={value}" for flag, value in caches.items()),
        f"--cachegrind-out-file={out}", program)
    lines = events_by_line(out)
    wrong = []
    for line, reference in zip(at, model["references"], strict=True):
        seen = lines.get(line, {})
        event = "r" if reference["kind"] == "read" else "w"
        got = [seen.get(f"D{event}", 0), seen.get(f"D1m{event}", 0), seen.get(f"DLm{event}", 0)]
        want = [reference["count"], *reference["misses"].values()]
        if got != want:
            wrong.append(f"  {reference['kind']:5} {reference['text']}: cachegrind {got}, model {want}")
    # Registers that had to be kept in memory would be accesses that the model does not have.
    other = sum(counts["Dr"] for line, counts in lines.items() if line not in at)
    if other > 10:
        wrong.append(f"  the compiled kernel makes {other} other loads")
    misses = [sum(reference["misses"][name] for reference in model["references"]) for name, _, _ in of_levels]
    print(f"{'equal' if not wrong else 'WRONG'}  {kernel.name:14} {hierarchy:15} {model['accesses']:9} accesses, misses {misses}")
    print("\n".join(wrong), end="\n" if wrong else "")
    return not wrong


def matmul(name, order, n=64, tile=1, pitch=None):
    """C += A B; with tiles, the capital letters of the order count them."""
    value = {v: f"{v.upper()} * {tile} + {v}" if tile > 1 else v for v in "ijk"}
    loops = [(v, n // tile if v.isupper() else tile if tile > 1 else n) for v in order]
    init = "K == 0 and k == 0" if tile > 1 else "k == 0"
    c, a, b = ("C", [value["i"], value["j"]]), ("A", [value["i"], value["k"]]), ("B", [value["k"], value["j"]])
    return Kernel(name, dict.fromkeys("ABC", (n, n)), loops, "{} + {} * {}", [c, a, b], c, init, pitch)


KERNELS = [
    matmul("matmul_ijk", "ijk"),
    matmul("matmul_ikj", "ikj", 128),
    matmul("matmul_jki", "jki"),
    matmul("matmul_tiled", "IJKikj", 64, 16),
    matmul("matmul_padded", "kij", 64, pitch=dict.fromkeys("ABC", 272)),
    Kernel("stencil", {"X": (66, 66), "Y": (64, 64)}, [("s", 4), ("y", 64), ("x", 64)], "{} + {} + {} + {} + {}",
           [("X", ["y + 1", "x + 1"]), ("X", ["y", "x + 1"]), ("X", ["y + 2", "x + 1"]), ("X", ["y + 1", "x"]), ("X", ["y + 1", "x + 2"])], ("Y", ["y", "x"])),
    Kernel("transpose", {"X": (256, 256), "Y": (256, 256)}, [("y", 256), ("x", 256)], "{}", [("X", ["y", "x"])], ("Y", ["x", "y"])),
    Kernel("conv2d", {"X": (8, 34, 34), "W": (16, 8, 2, 2), "Y": (16, 32, 32)}, [("o", 16), ("y", 32), ("x", 32), ("c", 8), ("r", 2), ("s", 2)],
           "{} + {} * {}", [("Y", ["o", "y", "x"]), ("X", ["c", "y + r", "x + s"]), ("W", ["o", "c", "r", "s"])], ("Y", ["o", "y", "x"]), "c == 0 and r == 0 and s == 0"),
    Kernel("depthwise", {"X": (32, 36, 36), "W": (32, 4), "Y": (32, 32, 32)}, [("c", 32), ("y", 32), ("x", 32), ("r", 4)], "{} + {} * {}",
           [("Y", ["c", "y", "x"]), ("X", ["c", "y + r", "x"]), ("W", ["c", "r"])], ("Y", ["c", "y", "x"]), "r == 0"),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("loopglass")
    parser.add_argument("--only")
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(arguments.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        results = [check(kernel, hierarchy, arguments.loopglass, folder) for kernel in KERNELS for hierarchy in HIERARCHIES if arguments.only in (None, kernel.name)]
    print(f"{sum(results)} of {len(results)} are equal in every reference")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
