"""Records what TVM's analyses give for random expressions of the kinds that schedules make.

    python tests/oracle/record_arith_cases.py tests/cases/arith [SEED [COUNT]]

Needs the pinned apache-tvm; the tests read only the files it wrote. A line of simplify_*.txt:
    variables | expression | TVM's Analyzer.simplify | rewrite_simplify | min max of const_int_bound
and of iter_map_*.txt:
    variables | predicate | level | indices, by ; | found or not, by detect_iter_map | iter_map_simplify's indices
and of region_*.txt:
    variables (@ before those that are relaxed) | predicate | min, extent; ... | strict bound: min, max; ... or none | upper bound
and of int_set_*.txt:
    variables, as above | expression | the set it takes, simplified end by end
and of subspace_*.txt:
    variables (@ before the inner ones) | predicate | level | keep or drop trivial iterators | indices, by ; |
    none, or outer, its extent, inner, its extent; ...; the outer predicate, the inner predicate
"int64" before the variables is their type. A variable is name:extent (in [0, extent)), or just a name (unbounded, symbolic).
"""

import random
import sys

import tvm
from tvm import sym, tirx

OPS = {
    "Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Mod": "tmod", "FloorDiv": "//", "FloorMod": "%", "Min": "min",
    "Max": "max", "EQ": "==", "NE": "!=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">=", "And": "and", "Or": "or",
}


def text(e):
    """The expression with every operator in parentheses."""
    kind = type(e).__name__
    if kind == "IntImm":
        if str(e.dtype if hasattr(e, "dtype") else e.ty.dtype) == "bool":
            return "true" if int(e.value) else "false"
        return str(int(e.value))
    if kind in ("Var", "PrimVar"):
        return e.name
    if kind in OPS:
        return f"({OPS[kind]} {text(e.a)} {text(e.b)})"
    if kind == "Not":
        return f"(not {text(e.a)})"
    if kind == "Select":
        return f"(select {text(e.condition)} {text(e.true_value)} {text(e.false_value)})"
    if kind == "Cast":
        return f"({e.dtype} {text(e.value)})"
    raise ValueError(kind)


class Maker:
    """Random expressions over some variables; folded nowhere, so that the simplifier has all the work."""

    def __init__(self, rng, variables, dtype="int32"):
        self.rng = rng
        self.variables = variables
        self.dtype = dtype

    def constant(self):
        return tirx.IntImm(self.dtype, self.rng.choice([0, 1, 2, 3, 4, 5, 7, 8, 16, 32, -1, -2, -4]))

    def divisor(self):
        return tirx.IntImm(self.dtype, self.rng.choice([2, 3, 4, 5, 8, 16, 32, 64]))

    def affine(self):
        rng = self.rng
        e = rng.choice(self.variables)
        for _ in range(rng.randint(0, 3)):
            v = rng.choice(self.variables)
            if rng.random() < 0.7:
                v = tirx.Mul(v, self.divisor())
            e = tirx.Add(e, v) if rng.random() < 0.8 else tirx.Sub(e, v)
        if rng.random() < 0.3:
            e = tirx.Add(e, self.constant())
        return e

    def index(self, depth=2):
        rng = self.rng
        r = rng.random()
        if depth == 0 or r < 0.2:
            return self.affine()
        if r < 0.4:
            return tirx.FloorDiv(self.index(depth - 1), self.divisor())
        if r < 0.6:
            return tirx.FloorMod(self.index(depth - 1), self.divisor())
        if r < 0.75:
            return tirx.Add(self.index(depth - 1), self.index(depth - 1))
        if r < 0.82:
            return tirx.Sub(self.index(depth - 1), self.index(depth - 1))
        if r < 0.9:
            return tirx.Mul(self.index(depth - 1), self.constant())
        op = rng.choice([tirx.Min, tirx.Max])
        return op(self.index(depth - 1), self.index(depth - 1) if rng.random() < 0.6 else self.constant())

    def condition(self, depth=1):
        rng = self.rng
        r = rng.random()
        if depth and r < 0.3:
            return rng.choice([tirx.And, tirx.Or])(self.condition(depth - 1), self.condition(depth - 1))
        if depth and r < 0.4:
            return tirx.Not(self.condition(depth - 1))
        op = rng.choice([tirx.LT, tirx.LE, tirx.GT, tirx.GE, tirx.EQ, tirx.NE, tirx.LT, tirx.GE])
        right = self.constant() if rng.random() < 0.5 else self.index(1)
        return op(self.index(1), right)

    def choice(self):
        return tirx.Select(self.condition(), self.index(1), self.index(1))

    def schedule(self):
        """Digits of a fused loop, put together again: what split, fuse and compute_at make."""
        rng = self.rng
        v = rng.choice(self.variables)
        a, b = self.divisor(), self.divisor()
        whole = tirx.Add(tirx.Mul(tirx.FloorDiv(v, a), a), tirx.FloorMod(v, a))
        form = rng.randint(0, 4)
        if form == 0:
            return whole
        if form == 1:
            return tirx.FloorMod(whole, b)
        if form == 2:
            return tirx.FloorDiv(tirx.Add(tirx.Mul(v, a), self.affine()), a)
        if form == 3:
            return tirx.Sub(tirx.Add(self.affine(), tirx.IntImm(self.dtype, 1)), self.affine())
        return tirx.Sub(tirx.Max(self.affine(), self.affine()), tirx.Min(self.affine(), self.affine()))


def variables(rng, symbolic, dtype="int32"):
    names = rng.sample(["i", "j", "k", "i_0", "i_1", "ax0"], rng.randint(1, 4))
    table = [(tirx.Var(n, dtype), rng.choice([2, 3, 4, 7, 8, 16, 32, 60, 64, 128])) for n in names]
    if symbolic:
        table.append((tirx.Var("n", dtype), None))
    return table


def describe(table):
    return " ".join(v.name if extent is None else f"{v.name}:{extent}" for v, extent in table)


def analyzer(table):
    a = sym.Analyzer()
    for v, extent in table:
        if extent is not None:
            a.bind(v, tvm.ir.Range(0, tirx.IntImm(v.ty.dtype, extent)))
    return a


def bound_text(b):
    inf = (1 << 63) - 1
    show = lambda x: "inf" if int(x) == inf else "-inf" if int(x) == -inf else str(int(x))
    return f"{show(b.min_value)} {show(b.max_value)}"


def record_simplify(path, kinds, rng, count, dtype="int32"):
    seen = set()
    with open(path, "w", encoding="utf-8") as out:
        while len(seen) < count:
            table = variables(rng, rng.random() < 0.3, dtype)
            maker = Maker(rng, [v for v, _ in table], dtype)
            kind = rng.choice(kinds)
            e = getattr(maker, kind)()
            line = f"{'' if dtype == 'int32' else dtype + ' '}{describe(table)} | {text(e)}"
            if line in seen or len(line) > 240:
                continue
            seen.add(line)
            try:
                a = analyzer(table)
                bound = "bool" if kind == "condition" else bound_text(a.const_int_bound(e))
                out.write(f"{line} | {text(a.simplify(e))} | {text(analyzer(table).rewrite_simplify(e))} | {bound}\n")
            except tvm.error.InternalError:
                continue


class MapMaker:
    """Index lists as split, fuse and reorder make them, sometimes broken, with predicates of splits that do not divide."""

    def __init__(self, rng):
        self.rng = rng
        self.iters = []
        self.predicates = []
        self.counter = 0

    def iterator(self, extent):
        """An expression that runs through [0, extent), and perhaps beyond it under a predicate."""
        rng = self.rng
        r = rng.random()
        if r < 0.35 or extent <= 2 or len(self.iters) >= 5:
            v = tirx.Var(f"i_{self.counter}", "int32")
            self.counter += 1
            self.iters.append((v, extent))
            return v
        if r < 0.8:  # split
            factor = rng.choice([2, 3, 4, 5, 8, 16])
            outer = -(-extent // factor)
            e = tirx.Add(tirx.Mul(self.iterator(outer), tirx.IntImm("int32", factor)), self.iterator(factor))
            if outer * factor != extent and rng.random() < 0.9:
                self.predicates.append(tirx.LT(e, tirx.IntImm("int32", extent)))
            return e
        # a digit of a fused loop
        other = rng.choice([2, 3, 4, 8])
        fused = self.iterator(extent * other)
        if rng.random() < 0.5:
            return tirx.FloorDiv(fused, tirx.IntImm("int32", other))
        return tirx.FloorMod(fused, tirx.IntImm("int32", extent))

    def fused_pair(self):
        """Both digits of one fused loop."""
        rng = self.rng
        a, b = rng.choice([2, 3, 4, 8, 16]), rng.choice([2, 3, 4, 8, 16])
        fused = self.iterator(a * b)
        return [tirx.FloorDiv(fused, tirx.IntImm("int32", b)), tirx.FloorMod(fused, tirx.IntImm("int32", b))]

    def indices(self):
        rng = self.rng
        result = self.fused_pair() if rng.random() < 0.5 else []
        for _ in range(rng.randint(0 if result else 1, 2)):
            result.append(self.iterator(rng.choice([1, 2, 4, 6, 8, 12, 15, 16, 60, 64])))
        result = [tirx.Add(e, tirx.IntImm("int32", rng.randint(-3, 8))) if rng.random() < 0.2 else e for e in result]
        if rng.random() < 0.15:
            k = rng.randrange(len(result))
            result[k] = rng.choice([tirx.FloorDiv, tirx.FloorMod])(result[k], tirx.IntImm("int32", rng.choice([2, 3, 4, 5])))
        if rng.random() < 0.1:
            result.append(rng.choice(result))
        rng.shuffle(result)
        return result

    def predicate(self):
        p = tirx.IntImm("bool", 1)
        for q in self.predicates:
            p = q if str(p) in ("T.bool(True)", "True") else tirx.And(p, q)
        return p


LEVELS = {"bijective": 0, "surjective": 1, "nocheck": 3}


def varies(sums, table):
    """Whether a form's base holds an iterator: TVM 0.27 then says found of what it could not resolve."""
    names = {v.name for v, _ in table}
    words = " ".join(text(s.base) for s in sums).replace("(", " ").replace(")", " ").split()
    return any(w in names for w in words)


def record_iter_map(path, rng, count):
    with open(path, "w", encoding="utf-8") as out:
        done = 0
        while done < count:
            maker = MapMaker(rng)
            indices = maker.indices()
            table = [(v, e) for v, e in maker.iters]
            rng.shuffle(table)
            predicate = maker.predicate()
            level = rng.choice(["surjective", "surjective", "bijective", "nocheck"])
            ranges = {v: tvm.ir.Range(0, e) for v, e in table}
            given = "; ".join(text(e) for e in indices)
            if len(given) > 200:
                continue
            found = sym.detect_iter_map(indices, ranges, predicate, LEVELS[level])
            simplified = sym.iter_map_simplify(indices, ranges, predicate, LEVELS[level])
            is_found = len(found.indices) and not varies(found.indices, table)
            out.write(
                f"{describe(table)} | {text(predicate)} | {level} | {given} | "
                f"{'found' if is_found else 'none'} | {'; '.join(text(e) for e in simplified)}\n"
            )
            done += 1


def set_text(s):
    return f"{text(s.min_value)}, {text(s.max_value)}"


def record_region(path, rng, count):
    with open(path, "w", encoding="utf-8") as out:
        done = 0
        while done < count:
            maker = MapMaker(rng)
            indices = maker.indices()
            relaxed = [(v, e) for v, e in maker.iters if rng.random() < 0.7]
            if not relaxed:
                continue
            a = sym.Analyzer()
            for v, e in maker.iters:
                a.bind(v, tvm.ir.Range(0, e))
            kept = [p for p in maker.predicates if rng.random() < 0.5]
            maker.predicates = kept
            predicate = maker.predicate()
            ranges = {v: tvm.ir.Range(0, e) for v, e in relaxed}
            region = [tvm.ir.Range.from_min_extent(e, rng.choice([1, 1, 2, 4])) for e in indices]
            given = "; ".join(f"{text(r.min)}, {text(r.extent)}" for r in region)
            if len(given) > 200:
                continue
            forms = [sym.detect_iter_map([r.min], ranges, predicate, 1).indices for r in region]
            if any(varies(f, relaxed) for f in forms):
                continue
            strict = sym.estimate_region_strict_bound(region, ranges, predicate, a)
            upper = sym.estimate_region_upper_bound(region, ranges, predicate, a)
            names = {v.name for v, _ in relaxed}
            shown = " ".join(("@" if v.name in names else "") + f"{v.name}:{e}" for v, e in maker.iters)
            out.write(
                f"{shown} | {text(predicate)} | {given} | "
                f"{'none' if strict is None else '; '.join(set_text(s) for s in strict)} | {'; '.join(set_text(s) for s in upper)}\n"
            )
            done += 1


def record_int_set(path, rng, count):
    with open(path, "w", encoding="utf-8") as out:
        done = 0
        while done < count:
            table = variables(rng, rng.random() < 0.3)
            maker = Maker(rng, [v for v, _ in table])
            e = getattr(maker, rng.choice(["affine", "schedule", "index", "choice"]))()
            relaxed = {v: sym.IntervalSet(0, extent - 1) for v, extent in table if extent is not None and rng.random() < 0.6}
            if not relaxed or len(text(e)) > 160:
                continue
            names = {v.name for v in relaxed}
            shown = " ".join(("@" if v.name in names else "") + (v.name if x is None else f"{v.name}:{x}") for v, x in table)
            s = sym.Analyzer().int_set(e, relaxed)
            a = sym.Analyzer()
            show = lambda x: x.name if getattr(x, "name", "") in ("pos_inf", "neg_inf") else text(a.simplify(x))
            out.write(f"{shown} | {text(e)} | {show(s.min_value)}, {show(s.max_value)}\n")
            done += 1


VALUES = {
    "Add": lambda a, b: a + b, "Sub": lambda a, b: a - b, "Mul": lambda a, b: a * b, "FloorDiv": lambda a, b: a // b,
    "FloorMod": lambda a, b: a % b, "LT": lambda a, b: a < b, "And": lambda a, b: a and b,
}


def value(e, values):
    kind = type(e).__name__
    if kind == "IntImm":
        return int(e.value)
    return values[e.name] if kind in ("Var", "PrimVar") else VALUES[kind](value(e.a, values), value(e.b, values))


def divided(indices, ranges, inner, predicate, level, drops):
    """The (outer, outer extent, inner, inner extent) of each index and the predicates, or nothing. TVM dies of some that it cannot divide."""
    try:
        found = sym.subspace_divide(indices, ranges, inner, predicate, LEVELS[level], drops)
    except (TypeError, tvm.error.InternalError):
        return None
    if not len(found):
        return None
    sides = [[e for mark in pair for e in (sym.normalize_iter_map_to_expr(mark.source), mark.extent)] for pair in found[:-1]]
    return sides, [mark.extent for mark in found[-1]]


def holds(division, indices, table, predicate, rng):
    """Whether the division gives the indices, for some random values of the iterators."""
    for _ in range(200):
        values = {v.name: rng.randrange(e) for v, e in table}
        if not value(predicate, values):
            continue
        for index, (outer, _, inner, inner_extent) in zip(indices, division[0]):
            if value(outer, values) * value(inner_extent, values) + value(inner, values) != value(index, values):
                return False
    return True


def record_subspace(path, rng, count):
    with open(path, "w", encoding="utf-8") as out:
        done = 0
        while done < count:
            maker = MapMaker(rng)
            indices = maker.indices()
            table = list(maker.iters)
            chosen = rng.randint(0, len(table))  # the iterators made last are the low digits
            names = {v.name for v, _ in table[chosen:]} if rng.random() < 0.7 else {v.name for v, _ in table if rng.random() < 0.5}
            rng.shuffle(table)
            predicate = maker.predicate()
            level = rng.choice(["surjective", "surjective", "bijective", "nocheck"])
            drops = rng.random() < 0.5
            ranges = {v: tvm.ir.Range(0, e) for v, e in table}
            given = "; ".join(text(e) for e in indices)
            forms = sym.detect_iter_map(indices, ranges, predicate, LEVELS[level]).indices
            if len(given) > 200 or varies(forms, table):
                continue
            division = divided(indices, ranges, [v for v, _ in table if v.name in names], predicate, level, drops)
            if division is None and rng.random() < 0.8:
                continue
            if division and not holds(division, indices, table, predicate, rng):
                continue
            parts = [*division[0], division[1]] if division else []
            result = "; ".join(", ".join(text(e) for e in part) for part in parts) or "none"
            shown = " ".join(("@" if v.name in names else "") + f"{v.name}:{e}" for v, e in table)
            out.write(f"{shown} | {text(predicate)} | {level} | {'drop' if drops else 'keep'} | {given} | {result}\n")
            done += 1


if __name__ == "__main__":
    folder = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 400
    KINDS = ["affine", "schedule", "index", "condition", "choice"]
    for i, kind in enumerate(KINDS):
        record_simplify(f"{folder}/simplify_{kind}.txt", [kind], random.Random(seed * 100 + i), count)
    record_simplify(f"{folder}/simplify_int64.txt", KINDS, random.Random(seed * 100 + 40), count, "int64")
    record_iter_map(f"{folder}/iter_map_random.txt", random.Random(seed * 100 + 50), count)
    record_region(f"{folder}/region_random.txt", random.Random(seed * 100 + 60), count)
    record_int_set(f"{folder}/int_set_random.txt", random.Random(seed * 100 + 70), count)
    record_subspace(f"{folder}/subspace_random.txt", random.Random(seed * 100 + 80), count)
