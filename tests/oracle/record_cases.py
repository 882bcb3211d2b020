#!/usr/bin/env python3
"""Records the expectations of tests/cases/schedule from real TVM (0.27), which is not needed to build or test.

    python tests/oracle/record_cases.py [--check] [FILE or FOLDER]...

For a case that should succeed, writes the program that TVM ends at below `# expect:` (with --check: only says where it differs). For
fail_ cases, checks that TVM refuses the schedule too; the diagnostic's text is ours (./dev update-cases writes it). A head comment
line that starts with `# Unlike TVM` marks a case that TVM takes and we refuse, or the other way round, and says why: it is left alone.
"""
import pathlib
import sys

import tvm
from tvm import s_tir
from tvm.s_tir.tensor_intrin import arm_cpu, x86  # registers TVM's own intrinsics

MARKER = "# expect:\n"
FOLDER = pathlib.Path(__file__).resolve().parent.parent / "cases" / "schedule"


def split_source(source):
    """The program and the schedule statements."""
    lines = source.splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if line.startswith("sch = "))
    return "".join(lines[:start]), "".join(lines[start:])


def named_parts(program):
    """The class and functions of a program by name, and the statements that register intrinsics of them."""
    parts, statements, chunk = {}, "", []
    for line in [*program.splitlines(keepends=True), "@end"]:
        if line.startswith("@") and any(c.startswith(("def ", "class ")) for c in chunk):
            head = next(c for c in chunk if c.startswith(("def ", "class ")))
            parts[head.split()[1].split("(")[0].rstrip(":")] = tvm.script.from_source("".join(chunk))
            chunk = []
        if "TensorIntrin.register(" in line:
            statements += line.strip()[:-1] + ", override=True)\n"
        else:
            chunk.append(line)
    return parts, statements


def printed(module):
    lines = module.script().splitlines()
    first = next(i for i, line in enumerate(lines) if line and not line.startswith("# from "))
    return "\n".join(lines[first:]) + "\n"


def outcome(source):
    program, statements = split_source(source)
    parts, registrations = named_parts(program)
    names = {"tvm": tvm, "T": tvm.script.tirx, **parts}
    exec(registrations, names)  # our own cases
    statements = statements.replace("tvm.tir.Schedule", "tvm.s_tir.Schedule").replace(".get_block(", ".get_sblock(")
    try:
        exec(statements, names)  # our own cases
    except Exception as error:  # TVM refuses with many classes
        return None, f"{type(error).__name__}: {str(error).strip().splitlines()[-1] if str(error).strip() else ''}"
    return printed(names["sch"].mod), None


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    check = "--check" in sys.argv
    roots = [pathlib.Path(a) for a in arguments] or [FOLDER]
    files = sorted(f for root in roots for f in (root.rglob("*.tir") if root.is_dir() else [root]))
    wrong = 0
    for file in files:
        text = file.read_text()
        source, _, expected = text.partition(MARKER)
        if any(line.startswith("# Unlike TVM") for line in source.splitlines()):
            continue
        got, error = outcome(source)
        if file.name.startswith("fail_"):
            if error is None:
                wrong += 1
                print(f"{file}: TVM does not refuse this")
        elif error is not None:
            wrong += 1
            print(f"{file}: TVM refuses this: {error}")
        elif got != expected:
            if check:
                wrong += 1
                print(f"{file}: TVM ends at another program:\n{got}")
            else:
                file.write_text(source + MARKER + got)
                print(f"{file}: recorded")
    print(f"{len(files)} cases, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
