#!/usr/bin/env python3
"""Compares Loopglass with TVM on fresh random programs under fresh random schedules.

    python tests/oracle/differential.py [--seed S] [--cases N] [--server FILE] [--out FOLDER] [--only PRIMITIVE,...]

Each case is a program, one to twelve steps, and what both sides make of each: the printed program, or a refusal. Steps are chosen from
the program as it stands in TVM. TVM runs in child processes, because some steps kill it. Differences are grouped into kinds; an example of
each kind, made as small as dropping steps and loop nests makes it, is written to FOLDER/KIND.tir, and a table to FOLDER/summary.txt.

Exit code 1 where fewer than 99 % of TVM's accepted sequences end structurally equal here, or fewer than 97 % of its refusals are refused.
"""

import argparse
import collections
import difflib
import json
import os
import pathlib
import random
import re
import select
import signal
import subprocess
import sys
import time
import traceback

import tvm
import tvm_ffi

from random_programs import random_program, without_nest
from random_steps import Steps

HEAD = "sch = tvm.s_tir.Schedule(Module)"
HEAD_UNCHECKED = "sch = tvm.s_tir.Schedule(Module, enable_check=False)"
STRUCTURAL_BAR, REFUSAL_BAR = 99.0, 97.0
STEP_SECONDS = 20

# Results of TVM that are not followed: a pattern of its program, and why.
BROKEN_PROGRAMS = [
    (r"^ +\w+ = T\.Buffer\(", "it uses a buffer that nothing declares: reverse_compute_inline removed what another block still reads"),
]


def significant(text):
    return "\n".join(line for line in text.splitlines() if line and not line.startswith("# from ")) + "\n"


def last_primitive(step):
    return re.findall(r"sch\.(\w+)\(", step.splitlines()[-1])[0]


# --- TVM's side


def plain(value):
    """A number of TVM's as one of Python's."""
    return value.value if isinstance(value, (tvm.tirx.IntImm, tvm.tirx.FloatImm)) else str(value)


class Oracle:
    """A schedule in TVM and the outcome of every step that was tried on it."""

    def __init__(self, program, head):
        self.names = {"tvm": tvm, "Module": tvm.script.from_source(program)}
        exec(head.replace(")", ', error_render_level="fast")'), self.names)
        self.text = significant(self.module.script())

    @property
    def module(self):
        return self.names["sch"].mod

    def apply(self, step):
        """What TVM says: {"text": ...} or {"error": ..., "message": ..., "moved": the refused step changed the program}."""
        try:
            exec(step, self.names)  # our own steps
        except Exception as error:  # TVM refuses with many classes
            lines = [line for line in str(error).strip().splitlines() if line.strip()] or [""]
            outcome = {"error": type(error).__name__, "message": lines[-1][:300]}
            outcome["moved"] = significant(self.module.script()) != self.text
            return outcome
        self.text = significant(self.module.script())
        return {"text": self.text}

    def trace(self):
        return json.loads(json.dumps(self.names["sch"].trace.as_json(), default=plain))


# --- our side


class Server:
    """The process that carries out schedules here (tests/schedule/replay_server.cpp)."""

    def __init__(self, path):
        self.path, self.process = path, None

    def ask(self, request):
        if self.process is None:
            self.process = subprocess.Popen([self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            ready, _, _ = select.select([self.process.stdout], [], [], STEP_SECONDS)
            line = self.process.stdout.readline() if ready else ""
        except BrokenPipeError:
            line = ""
        if line:
            return json.loads(line)
        self.close()
        return {"error": "Died" if ready else "Slow", "message": "no answer"}

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


# --- comparing

LINE_KINDS = [
    ("where", r"T\.where\("), ("reads", r"T\.reads\("), ("writes", r"T\.writes\("), ("axis", r"T\.axis\."), ("loop", r"for .* in "),
    ("block", r"with T\.sblock"), ("init", r"with T\.init"), ("alloc", r"T\.sblock_alloc_buffer|T\.match_buffer"), ("attr", r"_attr\("),
    ("function", r"def "), ("statement", r""),
]


def line_kind(line):
    return next(kind for kind, pattern in LINE_KINDS if re.search(pattern, line))


def what_differs(ours, theirs):
    """The kinds of the lines that differ: "axis+where"."""
    a, b = ours.splitlines(), theirs.splitlines()
    if sorted(a) == sorted(b):
        return "order"
    changed = set()
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag != "equal":
            changed |= {line_kind(line) for line in a[i1:i2] + b[j1:j2]}
    return "+".join(sorted(changed))


def parse(text):
    try:
        return tvm.script.from_source(text)
    except Exception:  # of several classes
        return None


def essence(message):
    """A refusal without the names and numbers of its program."""
    message = re.sub(r"^\w*Error: ", "", message)
    message = re.sub(r"tirx?\.\w+#\d+|\"[^\"]*\"|`[^`]*`|\b\d+\b|\[[^\]]*\]|\([^)]*\)", "_", message)
    return re.split(r"[.:,] ", message)[0][:70].strip()


def is_broken(text):
    return any(re.search(pattern, text, re.M) for pattern, _ in BROKEN_PROGRAMS)


# Grades of differences after which nothing can be compared; the first four count against us.
WRONG = ("structure", "refused", "crash", "program")
ENDING = WRONG + ("unparsed", "broken")


class Comparison:
    """The difference of a step, if any: `kind` names it; `grade` is how bad it is."""

    def __init__(self, kind="", grade=""):
        self.kind, self.grade = kind, grade


def compare_step(step, theirs, ours, module):
    """`module`: TVM's after the step, where it was accepted."""
    name = last_primitive(step)
    if "error" in theirs:
        if "error" in ours:
            return Comparison(f"{name}: {ours['error']}", "crash") if ours["error"] in ("Died", "Slow") else Comparison()
        return Comparison(f"{name}: accepted here, TVM: {theirs['error']} {essence(theirs['message'])}", "accepted")
    if is_broken(theirs["text"]):
        return Comparison(f"{name}: TVM's program is broken", "broken")
    if "error" in ours:
        return Comparison(f"{name}: refused here, {ours['error']}", "refused")
    mine = significant(ours["text"])
    if mine == theirs["text"]:
        return Comparison()
    lines = what_differs(mine, theirs["text"])
    parsed = parse(mine)
    if parsed is not None and tvm_ffi.structural_equal(parsed, module, map_free_vars=True):
        return Comparison(f"{name}: text, {lines}", "text")
    reparsed = parse(theirs["text"])
    if reparsed is None:
        return Comparison(f"{name}: TVM's program does not parse back, {lines}", "unparsed")
    if parsed is not None and tvm_ffi.structural_equal(parsed, reparsed, map_free_vars=True):
        return Comparison(f"{name}: text, {lines}", "text")
    return Comparison(f"{name}: structure, {lines}" if parsed is not None else f"{name}: does not parse in TVM, {lines}", "structure")


# --- a case


class Case:
    def __init__(self, program, functions, head):
        self.program, self.functions, self.head = program, functions, head
        self.steps, self.theirs, self.ours, self.comparisons = [], [], [], []
        self.broken = ""  # why nothing was compared

    def source(self, upto=None):
        return f"{self.program}\n{self.head}\n{''.join(self.steps[:upto])}"


def trace_difference(case, trace):
    """The kind of the first instruction that the two traces have differently. `trace`: TVM's; a refused step leaves its queries in it."""
    mine = case.trace
    if trace is None or mine is None or any("error" in t for t in case.theirs) or any("error" in o for o in case.ours):
        return None
    for ours, theirs in zip(mine[0], trace[0]):
        if ours != theirs:
            return f"trace: {theirs[0]}"
    return None if mine == trace else "trace: decisions or length"


def compare(case, modules, trace, server):
    accepted = ["error" not in t for t in case.theirs]
    answer = server.ask({"program": case.program, "head": case.head, "steps": case.steps, "accepted": accepted})
    if "error" in answer:
        died = answer["error"] in ("Died", "Slow")
        case.comparisons = [Comparison(f"{'engine' if died else 'parser'}: {answer['error']} {essence(answer['message'])}", "crash" if died else "program")]
        return
    case.ours, case.trace = answer["steps"], answer.get("trace")
    for step, theirs, ours, module in zip(case.steps, case.theirs, case.ours, modules):
        case.comparisons.append(compare_step(step, theirs, ours, module))
        if case.comparisons[-1].grade in ENDING:
            return
    kind = trace_difference(case, trace)
    if kind and case.comparisons and not case.comparisons[-1].kind:
        case.comparisons[-1] = Comparison(kind, "trace")


def run_steps(program, functions, head, next_step, server, note=lambda step: None):
    """Applies steps in TVM, then here, and compares. `next_step(module)`: the text of a step, or None for no more."""
    case = Case(program, functions, head)
    oracle = Oracle(program, head)
    modules = []
    while (step := next_step(oracle.module)) is not None:
        note(step)
        outcome = oracle.apply(step)
        if outcome.get("moved"):  # TVM left the program half changed: what it says of it now means nothing
            break
        case.steps.append(step)
        case.theirs.append(outcome)
        modules.append(oracle.module if "error" not in outcome else None)
    compare(case, modules, oracle.trace(), server)
    return case


def random_case(seed, index, primitives, server, note):
    rng = random.Random(f"{seed}:{index}")
    program, functions = random_program(rng)
    head = HEAD_UNCHECKED if rng.random() < 0.05 else HEAD
    steps = Steps(rng, functions, primitives)
    left = [rng.randint(1, 12)]

    def next_step(module):
        left[0] -= 1
        return steps.propose(module) if left[0] >= 0 and len(steps_done) < 30 else None

    steps_done = []
    note(program)
    return run_steps(program, functions, head, next_step, server, lambda step: (steps_done.append(step), note(step)))


def given_case(program, functions, head, steps, server):
    waiting = list(steps)
    return run_steps(program, functions, head, lambda module: waiting.pop(0) if waiting else None, server)


# --- child processes


def in_child(work, seconds):
    """Runs work(write) in a forked child that may crash; gives the lines that it wrote, and how it ended ("" for well)."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)

        def write(value):
            signal.alarm(seconds)
            data = (json.dumps(value) + "\n").encode()
            while data:
                data = data[os.write(writer, data) :]

        status = 1
        try:
            work(write)
            status = 0
        except Exception:  # our own mistake
            write({"exception": traceback.format_exc()})
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as lines:
        values = [json.loads(line) for line in lines if line.endswith("\n")]
    _, status = os.waitpid(child, 0)
    for value in values:
        if "exception" in value:
            print(value["exception"], file=sys.stderr)
    values = [value for value in values if "exception" not in value]
    if os.WIFSIGNALED(status):
        return values, signal.Signals(os.WTERMSIG(status)).name
    return values, "" if os.WEXITSTATUS(status) == 0 else "exception"


def as_dict(case):
    return {
        "program": case.program, "functions": case.functions, "head": case.head, "steps": case.steps, "theirs": case.theirs,
        "ours": case.ours, "differences": [[i, c.kind, c.grade] for i, c in enumerate(case.comparisons) if c.kind],
    }


# --- making a counterexample smaller


def shows(candidate, kind, options):
    """The case, run again, if it still shows this kind of difference."""
    program, functions, head, steps = candidate

    def work(write):
        if parse(program) is None:
            return
        server = Server(options.server)
        write(as_dict(given_case(program, functions, head, steps, server)))
        server.close()

    values, _ = in_child(work, STEP_SECONDS)
    if not values:
        return None
    found = [i for i, k, _ in values[0]["differences"] if k == kind]
    if not found:
        return None
    values[0]["steps"] = values[0]["steps"][: found[0] + 1]
    return values[0]


def smallest(record, kind, options):
    best = shows((record["program"], record["functions"], record["head"], record["steps"]), kind, options)
    if best is None:
        return None
    changed = True
    while changed:
        changed = False
        functions = best["functions"]
        shorter = [(best["program"], functions, best["head"], best["steps"][:i] + best["steps"][i + 1 :]) for i in range(len(best["steps"]) - 1)]
        programs = [without_nest(best["program"], i) for i in range(6)]
        shorter += [(p, functions, best["head"], best["steps"]) for p in programs if p]
        if best["head"] != HEAD:
            shorter.append((best["program"], functions, HEAD, best["steps"]))
        for candidate in shorter:
            found = shows(candidate, kind, options)
            if found:
                best, changed = found, True
                break
    return best


# --- the run


class Totals:
    def __init__(self):
        self.counts = collections.Counter()
        self.kinds = collections.Counter()
        self.examples = {}
        self.by_primitive = collections.defaultdict(collections.Counter)
        self.crashes = collections.Counter()
        self.crash_examples = {}

    def add(self, index, record):
        self.counts["cases"] += 1
        grades = {i: grade for i, _, grade in record["differences"]}
        for i, kind, grade in record["differences"]:
            self.kinds[kind] += 1
            best = self.examples.get(kind)
            if best is None or len(record["steps"]) + len(record["program"]) / 100 < len(best[1]["steps"]) + len(best[1]["program"]) / 100:
                self.examples[kind] = (index, record)
        compared = max(grades) + 1 if grades and grades[max(grades)] in ENDING else len(record["steps"])
        for i, (step, theirs) in enumerate(zip(record["steps"][:compared], record["theirs"])):
            what = "refused" if "error" in theirs else "taken"
            by = self.by_primitive[last_primitive(step)]
            self.counts[what] += 1
            by[what] += 1
            if i in grades:
                self.counts[f"{what}:{grades[i]}"] += 1
                by[f"{what}:{grades[i]}"] += 1
        kinds = set(grades.values())
        self.counts["sequences"] += 1
        self.counts["sequences equal"] += not kinds & set(WRONG)
        self.counts["sequences equal to the letter"] += not kinds & {*WRONG, "text"}

    def crash(self, index, how, notes):
        primitive = last_primitive(notes[-1]) if len(notes) > 1 else "parse"
        self.crashes[f"{primitive}: {how}"] += 1
        self.crash_examples.setdefault(f"{primitive}: {how}", (index, notes))

    def percent(self, part, whole):
        return 100.0 * part / whole if whole else 100.0

    def structural(self):
        return self.percent(self.counts["sequences equal"], self.counts["sequences"])

    def refusals(self):
        return self.percent(self.counts["refused"] - self.counts["refused:accepted"] - self.counts["refused:crash"], self.counts["refused"])

    def table(self):
        c = self.counts
        wrong = c["taken:structure"] + c["taken:refused"] + c["taken:crash"]
        lines = [
            f"{c['cases']} cases, {c['taken'] + c['refused']} steps: TVM took {c['taken']}, refused {c['refused']}, died in {sum(self.crashes.values())} cases",
            f"sequences that end structurally equal   {self.structural():6.2f} %   ({c['sequences'] - c['sequences equal']} not)",
            f"sequences equal to the letter           {self.percent(c['sequences equal to the letter'], c['sequences']):6.2f} %",
            f"steps taken: structurally equal         {self.percent(c['taken'] - wrong, c['taken']):6.2f} %   ({wrong} not)",
            f"steps taken: equal to the letter        {self.percent(c['taken'] - wrong - c['taken:text'], c['taken']):6.2f} %",
            f"steps refused by TVM: refused           {self.refusals():6.2f} %   ({c['refused:accepted']} not)",
            "",
            f"{'primitive':24} {'taken':>7} {'equal %':>8} {'letter %':>8} {'refused':>8} {'also %':>7}",
        ]
        for name, by in sorted(self.by_primitive.items()):
            bad = by["taken:structure"] + by["taken:refused"] + by["taken:crash"]
            lines.append(
                f"{name:24} {by['taken']:7} {self.percent(by['taken'] - bad, by['taken']):8.2f} "
                f"{self.percent(by['taken'] - bad - by['taken:text'], by['taken']):8.2f} {by['refused']:8} "
                f"{self.percent(by['refused'] - by['refused:accepted'], by['refused']):7.2f}"
            )
        lines += ["", "kinds of difference:"] + [f"{n:6}  {kind}" for kind, n in self.kinds.most_common()]
        lines += ["", "TVM died in:"] + [f"{n:6}  {kind}   (e.g. case {self.crash_examples[kind][0]})" for kind, n in self.crashes.most_common()]
        return "\n".join(lines) + "\n"


def run_range(options, primitives, first, end, totals):
    while first < end:
        stop = min(end, first + 40)

        def work(write):
            server = Server(options.server)
            for index in range(first, stop):
                case = random_case(options.seed, index, primitives, server, lambda text: write({"index": index, "note": text}))
                write({"index": index, "record": as_dict(case)})
            server.close()

        values, how = in_child(work, STEP_SECONDS)
        done = [v for v in values if "record" in v]
        if stop % 400 == 0:
            print(f"{stop} cases", file=sys.stderr, flush=True)
        for v in done:
            totals.add(v["index"], v["record"])
        first = stop if not how else (done[-1]["index"] if done else first - 1) + 2
        if how:
            notes = [v["note"] for v in values if v["index"] == first - 1 and "note" in v]
            totals.crash(first - 1, how, notes)


def show_case(options, primitives):
    """Prints one case, step by step."""

    def work(write):
        case = random_case(options.seed, options.case, primitives, Server(options.server), lambda text: write(text))
        write(as_dict(case))

    values, how = in_child(work, STEP_SECONDS)
    if how:
        print("\n".join(values) + f"\nTVM died: {how}")
        return 1
    record = values[-1]
    print(f"{record['program']}\n{record['head']}")
    differences = {i: kind for i, kind, _ in record["differences"]}
    for i, (step, theirs) in enumerate(zip(record["steps"], record["theirs"])):
        ours = record["ours"][i] if i < len(record["ours"]) else {}
        print(step, end="")
        for who, outcome in (("TVM", theirs), ("Loopglass", ours)):
            if "error" in outcome:
                print(f"    # {who} refuses: {outcome['error']}: {outcome['message']}")
        if i in differences:
            print(f"    # {differences[i]}")
            diff = difflib.unified_diff(significant(ours.get("text", "")).splitlines(), theirs.get("text", "").splitlines(), "loopglass", "tvm", lineterm="")
            print("\n".join("    # " + line for line in diff))
    return 1 if differences else 0


def file_name(kind):
    return re.sub(r"[^A-Za-z0-9_]+", "_", kind).strip("_")[:100]


def write_example(folder, kind, index, record, count, seed):
    step = next((i for i, k, _ in record["differences"] if k == kind), len(record["steps"]) - 1)
    program = f"{record['program']}\n{record['head']}\n{''.join(record['steps'])}"
    lines = [f"# {kind}", f"# seen {count} times, first in case {index} of seed {seed}"]
    theirs = record["theirs"][step] if step < len(record["theirs"]) else {}
    ours = record["ours"][step] if step < len(record["ours"]) else {}
    text = "\n".join(lines) + "\n" + program + "\n# expect:\n"
    if "text" in theirs:
        text += theirs["text"]
    if "text" in theirs and "text" in ours:
        diff = difflib.unified_diff(significant(ours["text"]).splitlines(), theirs["text"].splitlines(), "loopglass", "tvm", lineterm="", n=1)
        text += "# ---- difference\n" + "\n".join("# " + line for line in diff) + "\n"
    for who, outcome in (("TVM", theirs), ("Loopglass", ours)):
        if "error" in outcome:
            text += f"# ---- {who} refuses: {outcome['error']}: {outcome['message']}\n"
    (folder / f"{file_name(kind)}.tir").write_text(text)


def main():
    parser = argparse.ArgumentParser(description="Loopglass against TVM on random schedules")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first case's number")
    parser.add_argument("--server", default="build/release/bin/replay_server")
    parser.add_argument("--out", default="build/conformance")
    parser.add_argument("--only", default="", help="primitives, separated by commas")
    parser.add_argument("--no-shrink", action="store_true")
    parser.add_argument("--case", type=int, help="prints this case alone")
    options = parser.parse_args()
    server = Server(options.server)
    primitives = server.ask({"primitives": True})["primitives"]
    server.close()
    if options.only:
        primitives = [p for p in primitives if p in options.only.split(",")]
    if options.case is not None:
        return show_case(options, primitives)
    folder = pathlib.Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.tir"):
        old.unlink()
    totals = Totals()
    print(f"seed {options.seed}", flush=True)
    started = time.time()
    run_range(options, primitives, options.first, options.first + options.cases, totals)
    table = totals.table()
    print(table + f"{time.time() - started:.0f} s", flush=True)
    (folder / "summary.txt").write_text(f"seed {options.seed}\n" + table)
    for kind, count in totals.kinds.most_common():
        index, record = totals.examples[kind]
        small = record if options.no_shrink else smallest(record, kind, options) or record
        write_example(folder, kind, index, small, count, options.seed)
    for kind, (index, notes) in totals.crash_examples.items():
        (folder / f"tvm_died_{file_name(kind)}.tir").write_text(f"# TVM died in case {index}: {kind}\n{notes[0]}\n{HEAD}\n{''.join(notes[1:])}")
    return 0 if totals.structural() >= STRUCTURAL_BAR and totals.refusals() >= REFUSAL_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
