"""Random TensorIR programs of the kinds that people schedule, as TVMScript text.

A program is a chain (or a small graph) of stages; a stage is one loop nest with one block that computes a buffer from earlier ones. How
the loops of a nest become the axes of its block is varied independently of what is computed: split, fused, shifted, permuted, guarded.
"""

INDENT = "    "
FLOATS = ("float32", "float16")


class Buffer:
    def __init__(self, name, shape, dtype):
        self.name, self.shape, self.dtype = name, list(shape), dtype


class Axis:
    """A block axis: `extent` is a number or the name of a symbolic dimension."""

    def __init__(self, name, extent, kind="S"):
        self.name, self.extent, self.kind = name, extent, kind


class Stage:
    """What a nest computes: its axes and the lines of its block's body."""

    def __init__(self, axes, body, init=None, out=(), regions=()):
        self.axes, self.body, self.init = axes, body, init or []
        self.out = list(out)  # the buffers it writes
        self.regions = list(regions)  # explicit T.reads / T.writes lines


class Nest:
    """Loops, values of the axes and guards for a stage: how the iterations are enumerated."""

    def __init__(self, maker, axes):
        self.maker, self.rng = maker, maker.rng
        self.loops, self.values, self.guards = [], {}, []
        plain = maker.is_plain or self.rng.random() < 0.75
        names = iter("i j k l m_ n_ p q r s t".split())
        axes = list(axes)
        while axes:
            axis = axes.pop(0)
            r = 0.0 if plain else self.rng.random()
            if r < 0.5 or not isinstance(axis.extent, int):
                self.direct(axis, next(names))
            elif r < 0.75:
                self.split(axis, next(names))
            elif r < 0.9 and axes and isinstance(axes[0].extent, int):
                self.fused(axis, axes.pop(0), next(names))
            elif r < 0.95:
                self.shifted(axis, next(names))
            elif axis.extent == 1:
                self.values[axis.name] = maker.number(0)
            else:
                self.direct(axis, next(names))
        if not plain and self.rng.random() < 0.3:
            self.rng.shuffle(self.loops)

    def direct(self, axis, loop):
        self.loops.append((loop, 0, axis.extent))
        self.values[axis.name] = loop

    def split(self, axis, loop):
        number = self.maker.number
        factor = self.rng.choice([2, 3, 4, 5, 8])
        outer = -(-axis.extent // factor)
        value = f"{loop}_0 * {number(factor)} + {loop}_1"
        self.loops += [(f"{loop}_0", 0, outer), (f"{loop}_1", 0, factor)]
        self.values[axis.name] = value
        if outer * factor != axis.extent:
            self.guards.append(f"{value} < {number(axis.extent)}")

    def fused(self, first, second, loop):
        number = self.maker.number
        self.loops.append((f"{loop}_f", 0, first.extent * second.extent))
        self.values[first.name] = f"{loop}_f // {number(second.extent)}"
        self.values[second.name] = f"{loop}_f % {number(second.extent)}"

    def shifted(self, axis, loop):
        start = self.rng.choice([1, 2, 4])
        self.loops.append((loop, start, axis.extent))
        self.values[axis.name] = f"{loop} - {self.maker.number(start)}"

    def loop_lines(self, depth):
        """The `for` lines and the depth below them."""
        maker, rng = self.maker, self.rng
        plain = all(start == 0 for _, start, _ in self.loops)
        if len(self.loops) > 1 and plain and (maker.is_plain or rng.random() < 0.85):
            names = ", ".join(name for name, _, _ in self.loops)
            extents = ", ".join(maker.number(extent) for _, _, extent in self.loops)
            return [INDENT * depth + f"for {names} in T.grid({extents}):"], depth + 1
        lines = []
        for name, start, extent in self.loops:
            if start:
                end = start + extent if isinstance(extent, int) else f"{extent} + {start}"
                head = f"range({maker.number(start)}, {maker.number(end)})"
            else:
                form = "range" if maker.is_plain else rng.choice(["range"] * 8 + ["T.unroll", "T.serial"])
                extra = ', annotations={"pragma_x": 1}' if form == "T.serial" else ""
                head = f"{form}({maker.number(extent)}{extra})"
            lines.append(INDENT * depth + f"for {name} in {head}:")
            depth += 1
        return lines, depth

    def axis_lines(self, axes, depth):
        pad = INDENT * depth
        kinds = {"S": "spatial", "R": "reduce", "O": "opaque", "C": "scan"}
        number = self.maker.number
        return [pad + f"{a.name} = T.axis.{kinds[a.kind]}({number(a.extent)}, {self.values[a.name]})" for a in axes]


class ProgramMaker:
    def __init__(self, rng):
        self.rng = rng
        self.is_plain = rng.random() < 0.5
        self.is_int64 = rng.random() < 0.1
        self.is_symbolic = rng.random() < 0.12
        self.dtype = rng.choice(["float32"] * 6 + ["float16", "int32", "int8", "int64"])
        self.params, self.allocs, self.buffers, self.lines = [], [], [], []
        self.symbols = []
        self.free_names = iter("ABCDEFGHKLMNOPQUVWXYZ")
        self.readers = {}
        self.viewed = set()  # a view's text gives no storage scope

    # --- numbers, shapes, buffers

    def number(self, n):
        return f"T.int64({n})" if self.is_int64 and isinstance(n, int) else str(n)

    def shape_text(self, shape):
        return "(" + ", ".join(self.number(d) for d in shape) + ("," if len(shape) == 1 else "") + ")"

    def extent(self):
        rng = self.rng
        if self.is_symbolic and rng.random() < 0.5:
            name = rng.choice(["n", "m"])
            if name not in self.symbols:
                self.symbols.append(name)
            return name
        return rng.choice([1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13, 16, 16, 16, 17, 20, 24, 30, 32, 32, 60, 64])

    def window(self):
        return self.rng.choice([1, 2, 3, 3, 5])

    def shape(self, rank):
        return [self.extent() for _ in range(rank)]

    def param(self, shape, dtype=None):
        buffer = Buffer(next(self.free_names), shape, dtype or self.dtype)
        self.params.append(buffer)
        self.buffers.append(buffer)
        return buffer

    def intermediate(self, shape, dtype=None):
        buffer = Buffer(next(self.free_names), shape, dtype or self.dtype)
        self.allocs.append(buffer)
        self.buffers.append(buffer)
        return buffer

    def source(self, rank=None):
        """An earlier buffer (the newest one most of the time), or a new parameter."""
        fits = [b for b in self.buffers if b.shape and (rank is None or len(b.shape) == rank) and b.dtype == self.dtype]
        if fits and self.rng.random() < 0.85:
            return fits[-1] if self.rng.random() < 0.7 else self.rng.choice(fits)
        return self.param(self.shape(rank or self.rng.choice([1, 2, 2, 2, 3, 4])))

    # --- expressions

    def constant(self, dtype=None):
        dtype = dtype or self.dtype
        value = self.rng.choice([0, 1, 2, 3])
        return f"T.{dtype}({value})" if dtype != "int32" else str(value)

    def zero(self, dtype=None):
        dtype = dtype or self.dtype
        return f"T.{dtype}(0)" if dtype != "int32" else "0"

    def unary(self, e):
        rng = self.rng
        forms = ["T.Select({e} > {c}, {e}, {c})", "T.if_then_else({e} < {c}, {c}, {e})"] if rng.random() < 0.15 else []
        forms += ["{e} + {c}", "{e} * {c}", "T.max({e}, {c})", "T.min({e}, {c})", "{e} - {c}", "{e} * {e}"]
        if self.dtype in FLOATS:
            forms += ["{e} / (T.exp({e}) + {c})"] if rng.random() < 0.1 else []
            forms += ["T.exp({e})", "T.sqrt({e})", "T.tanh({e})", "T.sigmoid({e})", "-{e}"]
        return rng.choice(forms).format(e=e, c=self.constant())

    def binary(self, a, b):
        return self.rng.choice(["{a} + {b}", "{a} * {b}", "{a} - {b}", "T.max({a}, {b})", "T.min({a}, {b})"]).format(a=a, b=b)

    def access(self, buffer, indices):
        self.readers[buffer.name] = self.readers.get(buffer.name, 0) + 1
        return f"{buffer.name}[{', '.join(indices) if indices else '()'}]"

    def axes_of(self, shape, prefix="v", first=0):
        return [Axis(f"{prefix}{i + first}", d) for i, d in enumerate(shape)]

    # --- stages

    def elementwise(self):
        a = self.source()
        axes = self.axes_of(a.shape)
        names = [x.name for x in axes]
        value = self.access(a, names)
        for _ in range(self.rng.randint(1, 2)):
            value = self.unary(value)
        if self.rng.random() < 0.08:  # what follows is of another type
            self.dtype = self.rng.choice(["float32", "float16", "int32", "uint8"])
            value = f'T.Cast("{self.dtype}", {value})'
        elif self.rng.random() < 0.08 and names:
            value = f'{value} + T.Cast("{self.dtype}", {self.rng.choice(names)})'
        out = self.intermediate(a.shape)
        return Stage(axes, [f"{out.name}[{', '.join(names)}] = {value}"], out=[out])

    def combine(self):
        """Two inputs of one shape, the second perhaps broadcast along some axes."""
        a = self.source()
        axes = self.axes_of(a.shape)
        names = [x.name for x in axes]
        keep = [i for i in range(len(names)) if self.rng.random() < 0.7]
        wanted = [a.shape[i] for i in keep]
        fits = [b for b in self.buffers if b.shape == wanted and b is not a and b.dtype == self.dtype]
        b = self.rng.choice(fits) if fits and self.rng.random() < 0.8 else self.param(wanted)
        value = self.binary(self.access(a, names), self.access(b, [names[i] for i in keep]))
        out = self.intermediate(a.shape)
        return Stage(axes, [f"{out.name}[{', '.join(names)}] = {value}"], out=[out])

    def transpose(self):
        a = self.source()
        order = list(range(len(a.shape)))
        self.rng.shuffle(order)
        axes = self.axes_of([a.shape[i] for i in order])
        inverse = {source: axes[k].name for k, source in enumerate(order)}
        value = self.access(a, [inverse[i] for i in range(len(order))])
        names = [x.name for x in axes]
        out = self.intermediate([x.extent for x in axes])
        if self.rng.random() < 0.3:
            value = self.unary(value)
        return Stage(axes, [f"{out.name}[{', '.join(names)}] = {value}"], out=[out])

    def flatten(self):
        """Two axes become one, or one becomes two."""
        a = self.source(2)
        if not all(isinstance(d, int) for d in a.shape):
            return self.elementwise()
        rows, columns = a.shape
        c = self.number(columns)
        if self.rng.random() < 0.5:
            out = self.intermediate([rows * columns])
            return Stage([Axis("v0", rows * columns)], [f"{out.name}[v0] = {self.access(a, [f'v0 // {c}', f'v0 % {c}'])}"], out=[out])
        out = self.intermediate([rows * columns])
        return Stage([Axis("v0", rows), Axis("v1", columns)], [f"{out.name}[v0 * {c} + v1] = {self.access(a, ['v0', 'v1'])}"], out=[out])

    def unflatten(self):
        a = self.source(1)
        if not isinstance(a.shape[0], int) or a.shape[0] < 4:
            return self.elementwise()
        factor = self.rng.choice([d for d in range(1, a.shape[0] + 1) if a.shape[0] % d == 0])
        out = self.intermediate([a.shape[0] // factor, factor])
        value = self.access(a, [f"v0 * {self.number(factor)} + v1"])
        return Stage(self.axes_of(out.shape), [f"{out.name}[v0, v1] = {value}"], out=[out])

    def crop(self):
        a = self.source()
        d = self.rng.randrange(len(a.shape))
        if not isinstance(a.shape[d], int) or a.shape[d] < 4:
            return self.elementwise()
        lost = self.rng.randint(1, 2)
        offset = self.rng.randint(0, lost)
        shape = list(a.shape)
        shape[d] -= lost
        axes = self.axes_of(shape)
        names = [x.name for x in axes]
        indices = list(names)
        indices[d] = f"{names[d]} + {self.number(offset)}" if offset else names[d]
        out = self.intermediate(shape)
        return Stage(axes, [f"{out.name}[{', '.join(names)}] = {self.access(a, indices)}"], out=[out])

    def strided(self):
        a = self.source()
        d = self.rng.randrange(len(a.shape))
        if not isinstance(a.shape[d], int) or a.shape[d] < 4:
            return self.elementwise()
        shape = list(a.shape)
        step = self.rng.choice([2, 2, 3])
        shape[d] = a.shape[d] // step
        axes = self.axes_of(shape)
        names = [x.name for x in axes]
        indices = list(names)
        indices[d] = f"{names[d]} * {self.number(step)}"
        out = self.intermediate(shape)
        return Stage(axes, [f"{out.name}[{', '.join(names)}] = {self.unary(self.access(a, indices))}"], out=[out])

    def stencil(self):
        a = self.source()
        d = self.rng.randrange(len(a.shape))
        if not isinstance(a.shape[d], int) or a.shape[d] < 5:
            return self.elementwise()
        offsets = self.rng.choice([[0, 1], [0, 2], [0, 1, 2], [0, 3]])
        shape = list(a.shape)
        shape[d] -= offsets[-1]
        axes = self.axes_of(shape)
        names = [x.name for x in axes]

        def at(o):
            indices = list(names)
            indices[d] = f"{names[d]} + {self.number(o)}" if o else names[d]
            return self.access(a, indices)

        out = self.intermediate(shape)
        return Stage(axes, [f"{out.name}[{', '.join(names)}] = {' + '.join(at(o) for o in offsets)}"], out=[out])

    def pad(self):
        a = self.source()
        dims = [i for i, d in enumerate(a.shape) if isinstance(d, int) and self.rng.random() < 0.6]
        if not dims:
            return self.elementwise()
        before = self.rng.choice([1, 1, 2, 0])
        after = self.rng.choice([1, 1, 2, 0]) or (0 if before else 1)
        shape = [d + before + after if i in dims else d for i, d in enumerate(a.shape)]
        axes = self.axes_of(shape)
        names = [x.name for x in axes]
        indices = [f"{n} - {self.number(before)}" if i in dims and before else n for i, n in enumerate(names)]
        guards = []
        for i in dims:
            if before:
                guards.append(f"{self.number(before)} <= {names[i]}")
            if after:
                guards.append(f"{names[i]} < {self.number(a.shape[i] + before)}")
        out = self.intermediate(shape)
        value = f"T.if_then_else({' and '.join(guards)}, {self.access(a, indices)}, {self.zero()})"
        return Stage(axes, [f"{out.name}[{', '.join(names)}] = {value}"], out=[out])

    def gather(self):
        a = self.source()
        count = self.extent()
        index = self.param([count], "int64" if self.is_int64 else "int32")
        axes = self.axes_of([count] + a.shape[1:])
        names = [x.name for x in axes]
        value = self.access(a, [self.access(index, names[:1])] + names[1:])
        out = self.intermediate([count] + a.shape[1:])
        return Stage(axes, [f"{out.name}[{', '.join(names)}] = {value}"], out=[out])

    def reduction_stage(self, out, spatial, reduce, term, names, combiner=None):
        axes = spatial + reduce
        if self.rng.random() < 0.1:
            self.rng.shuffle(axes)
        target = f"{out.name}[{', '.join(names) if names else '()'}]"
        combiner = combiner or self.rng.choice(["sum"] * 6 + ["max", "min", "prod"])
        combined = {"sum": "{t} + {x}", "max": "T.max({t}, {x})", "min": "T.min({t}, {x})", "prod": "{t} * {x}"}[combiner]
        identity = self.zero(out.dtype)
        if combiner == "prod":
            identity = identity.replace("(0)", "(1)") if "(" in identity else "1"
        elif combiner != "sum":
            identity = f"T.min_value(\"{out.dtype}\")" if combiner == "max" else f"T.max_value(\"{out.dtype}\")"
        return Stage(axes, [f"{target} = {combined.format(t=target, x=term)}"], [f"{target} = {identity}"], [out])

    def reduce(self):
        a = self.source()
        axes = self.axes_of(a.shape)
        names = [x.name for x in axes]
        reduced = [x for x in axes if self.rng.random() < 0.5] or axes[-1:]
        for x in reduced:
            x.kind = "R"
        kept = [x for x in axes if x not in reduced]
        out = self.intermediate([x.extent for x in kept] or [])
        stage = self.reduction_stage(out, kept, reduced, self.access(a, names), [x.name for x in kept])
        return stage

    def matmul(self):
        a = self.source(2)
        columns, steps = self.extent(), a.shape[1]
        is_transposed = self.rng.random() < 0.4
        b = self.param([columns, steps] if is_transposed else [steps, columns])
        vi, vj, vk = Axis("vi", a.shape[0]), Axis("vj", columns), Axis("vk", steps, "R")
        out_dtype = "int32" if self.dtype == "int8" else "float32" if self.dtype == "float16" and self.rng.random() < 0.5 else self.dtype
        left = self.access(a, ["vi", "vk"])
        right = self.access(b, ["vj", "vk"] if is_transposed else ["vk", "vj"])
        if out_dtype != self.dtype:
            left, right = f'T.Cast("{out_dtype}", {left})', f'T.Cast("{out_dtype}", {right})'
        out = self.intermediate([a.shape[0], columns], out_dtype)
        return self.reduction_stage(out, [vi, vj], [vk], f"{left} * {right}", ["vi", "vj"], "sum")

    def batched_matmul(self):
        a = self.source(3)
        columns = self.extent()
        b = self.param([a.shape[0], a.shape[2], columns])
        vb, vi, vj, vk = Axis("vb", a.shape[0]), Axis("vi", a.shape[1]), Axis("vj", columns), Axis("vk", a.shape[2], "R")
        out = self.intermediate([a.shape[0], a.shape[1], columns])
        term = f"{self.access(a, ['vb', 'vi', 'vk'])} * {self.access(b, ['vb', 'vk', 'vj'])}"
        return self.reduction_stage(out, [vb, vi, vj], [vk], term, ["vb", "vi", "vj"], "sum")

    def window_reduce(self):
        """A 1-d convolution or pooling along the last axis."""
        a = self.source()
        size, step, dilation = self.window(), self.rng.choice([1, 1, 2]), self.rng.choice([1, 1, 1, 2])
        length = a.shape[-1]
        if not isinstance(length, int) or length < dilation * (size - 1) + 1:
            return self.elementwise()
        width = (length - dilation * (size - 1) - 1) // step + 1
        axes = self.axes_of(a.shape[:-1] + [width])
        names = [x.name for x in axes]
        last = f"{names[-1]} * {self.number(step)}" if step > 1 else names[-1]
        tap = f"vr * {self.number(dilation)}" if dilation > 1 else "vr"
        out = self.intermediate([x.extent for x in axes])
        term = self.access(a, names[:-1] + [f"{last} + {tap}"])
        combiner = self.rng.choice(["sum", "max"])
        if combiner == "sum" and self.rng.random() < 0.6:
            term += f" * {self.access(self.param([size]), ['vr'])}"
        return self.reduction_stage(out, axes, [Axis("vr", size, "R")], term, names, combiner)

    def conv2d(self):
        a = self.source(3)
        if not all(isinstance(d, int) for d in a.shape):
            return self.elementwise()
        size, step, dilation = self.rng.choice([1, 2, 3]), self.rng.choice([1, 1, 2]), self.rng.choice([1, 1, 1, 2])
        channels, height, width = a.shape
        reach = dilation * (size - 1) + 1
        if height < reach or width < reach:
            return self.elementwise()
        h, w = (height - reach) // step + 1, (width - reach) // step + 1
        stride = f" * {self.number(step)}" if step > 1 else ""
        tap = f" * {self.number(dilation)}" if dilation > 1 else ""
        row, column = f"vh{stride} + vr{tap}", f"vw{stride} + vs{tap}"
        if self.rng.random() < 0.3:  # depthwise
            weight = self.param([channels, size, size])
            out = self.intermediate([channels, h, w])
            term = f"{self.access(a, ['vc', row, column])} * {self.access(weight, ['vc', 'vr', 'vs'])}"
            axes = [Axis("vc", channels), Axis("vh", h), Axis("vw", w)]
            return self.reduction_stage(out, axes, [Axis("vr", size, "R"), Axis("vs", size, "R")], term, ["vc", "vh", "vw"], "sum")
        outputs = self.rng.choice([2, 4, 8, 5])
        weight = self.param([outputs, channels, size, size])
        out = self.intermediate([outputs, h, w])
        term = f"{self.access(a, ['vc', row, column])} * {self.access(weight, ['vo', 'vc', 'vr', 'vs'])}"
        axes = [Axis("vo", outputs), Axis("vh", h), Axis("vw", w)]
        reduce = [Axis("vc", channels, "R"), Axis("vr", size, "R"), Axis("vs", size, "R")]
        return self.reduction_stage(out, axes, reduce, term, ["vo", "vh", "vw"], "sum")

    def argmax(self):
        a = self.source(2)
        index = "int64" if self.is_int64 else "int32"
        where = self.param(a.shape, index)
        position, value = self.intermediate(a.shape[:1], index), self.intermediate(a.shape[:1])
        p, v = f"{position.name}[vi]", f"{value.name}[vi]"
        x, i = self.access(a, ["vi", "vk"]), self.access(where, ["vi", "vk"])
        body = [
            f"v_p: T.let[T.{index}] = T.Select({v} >= {x}, {p}, {i})",
            f"v_v: T.let[T.{self.dtype}] = T.Select({v} >= {x}, {v}, {x})",
            f"{p} = v_p",
            f"{v} = v_v",
        ]
        init = [f"{p} = {'0' if index == 'int32' else 'T.int64(0)'}", f'{v} = T.min_value("{self.dtype}")']
        return Stage([Axis("vi", a.shape[0]), Axis("vk", a.shape[1], "R")], body, init, [position, value])

    def conditional(self):
        a = self.source()
        if not isinstance(a.shape[0], int):
            return self.elementwise()
        axes = self.axes_of(a.shape)
        names = [x.name for x in axes]
        out = self.intermediate(a.shape)
        target = f"{out.name}[{', '.join(names)}]"
        value = self.access(a, names)
        bound = self.number(max(1, a.shape[0] // 2))
        body = [f"if {names[0]} < {bound}:", f"{INDENT}{target} = {value}", "else:", f"{INDENT}{target} = {self.zero()}"]
        return Stage(axes, body, out=[out])

    def two_outputs(self):
        a = self.source()
        axes = self.axes_of(a.shape)
        names = [x.name for x in axes]
        first, second = self.intermediate(a.shape), self.intermediate(a.shape)
        value = self.access(a, names)
        at = f"[{', '.join(names)}]"
        return Stage(axes, [f"{first.name}{at} = {self.unary(value)}", f"{second.name}{at} = {self.unary(value)}"], out=[first, second])

    def opaque(self):
        """A block without axes that copies a whole buffer."""
        a = self.source()
        out = self.intermediate(a.shape)
        everything = ", ".join(f"{self.number(0)}:{self.number(d)}" for d in a.shape)
        self.access(a, [])
        names = [f"x{i}" for i in range(len(a.shape))]
        extents = ", ".join(self.number(d) for d in a.shape)
        head = f"for {', '.join(names)} in T.grid({extents}):" if len(names) > 1 else f"for {names[0]} in range({extents}):"
        body = [head, f"{INDENT}{out.name}[{', '.join(names)}] = {a.name}[{', '.join(names)}]"]
        return Stage([], body, out=[out], regions=[f"T.reads({a.name}[{everything}])", f"T.writes({out.name}[{everything}])"])

    def decomposed(self):
        """A reduction whose init is a block of its own, as people write it."""
        a = self.source(2)
        out = self.intermediate(a.shape[:1])
        rows, columns = (self.number(d) for d in a.shape)
        value = self.access(a, ["vi", "vk"])
        pad = INDENT * 2
        self.lines += [
            pad + f"for i in range({rows}):",
            pad + INDENT + f'with T.sblock("{out.name}_init"):',
            pad + INDENT * 2 + f"vi = T.axis.spatial({rows}, i)",
            pad + INDENT * 2 + f"{out.name}[vi] = {self.zero()}",
            pad + INDENT + f"for k in range({columns}):",
            pad + INDENT * 2 + f'with T.sblock("{out.name}_update"):',
            pad + INDENT * 3 + f"vi = T.axis.spatial({rows}, i)",
            pad + INDENT * 3 + f"vk = T.axis.reduce({columns}, k)",
            pad + INDENT * 3 + f"{out.name}[vi] = {out.name}[vi] + {value}",
        ]
        return None

    def nested(self):
        """A block around the loops of another one, as blockize leaves it."""
        a = self.source(2)
        if not all(isinstance(d, int) for d in a.shape):
            return self.elementwise()
        tile = [self.rng.choice([x for x in (1, 2, 3, 4, 5, 8) if d % x == 0]) for d in a.shape]
        out = self.intermediate(a.shape)
        outer = [self.number(d // t) for d, t in zip(a.shape, tile)]
        inner = [self.number(t) for t in tile]
        where = f"[vi_o * {inner[0]} + vi, vj_o * {inner[1]} + vj]"
        self.readers[a.name] = self.readers.get(a.name, 0) + 1
        pad = INDENT * 2
        self.lines += [
            pad + f"for i_0, j_0 in T.grid({outer[0]}, {outer[1]}):",
            pad + INDENT + f'with T.sblock("{out.name}_o"):',
            pad + INDENT * 2 + f"vi_o = T.axis.spatial({outer[0]}, i_0)",
            pad + INDENT * 2 + f"vj_o = T.axis.spatial({outer[1]}, j_0)",
            pad + INDENT * 2 + f"for i_1, j_1 in T.grid({inner[0]}, {inner[1]}):",
            pad + INDENT * 3 + f'with T.sblock("{out.name}"):',
            pad + INDENT * 4 + f"vi = T.axis.spatial({inner[0]}, i_1)",
            pad + INDENT * 4 + f"vj = T.axis.spatial({inner[1]}, j_1)",
            pad + INDENT * 4 + f"{out.name}{where} = {self.unary(a.name + where)}",
        ]
        return None

    def concat(self):
        """Two blocks that each write a part of one buffer."""
        a, b = self.source(2), self.source(2)
        if a.shape[1:] != b.shape[1:] or not all(isinstance(d, int) for d in a.shape + b.shape):
            return self.elementwise()
        out = self.intermediate([a.shape[0] + b.shape[0], a.shape[1]])
        axes = self.axes_of(a.shape)
        self.add(Stage(axes, [f"{out.name}[v0, v1] = {self.access(a, ['v0', 'v1'])}"], out=[Buffer(out.name + "_top", [], "")]))
        return Stage(self.axes_of(b.shape), [f"{out.name}[v0 + {self.number(a.shape[0])}, v1] = {self.access(b, ['v0', 'v1'])}"], out=[out])

    def triangle(self):
        """The inner loop ends where the outer one stands."""
        a = self.source(2)
        if not all(isinstance(d, int) for d in a.shape) or a.shape[0] > a.shape[1]:
            return self.elementwise()
        out = self.intermediate(a.shape)
        rows, columns = (self.number(d) for d in a.shape)
        pad = INDENT * 2
        self.lines += [
            pad + f"for i in range({rows}):",
            pad + INDENT + f"for j in range(i + {self.number(1)}):",
            pad + INDENT * 2 + f'with T.sblock("{out.name}"):',
            pad + INDENT * 3 + f"vi = T.axis.spatial({rows}, i)",
            pad + INDENT * 3 + f"vj = T.axis.spatial({columns}, j)",
            pad + INDENT * 3 + f"{out.name}[vi, vj] = {self.unary(self.access(a, ['vi', 'vj']))}",
        ]
        return None

    def view(self):
        """A block that looks at a row of its buffers through T.match_buffer."""
        a = self.source(2)
        if not all(isinstance(d, int) for d in a.shape):
            return self.elementwise()
        out = self.intermediate(a.shape)
        rows, columns = (self.number(d) for d in a.shape)
        self.access(a, [])
        self.viewed |= {a.name, out.name}
        shape, zero = self.shape_text(a.shape[1:]), self.number(0)
        body = [
            f'X = T.match_buffer({a.name}[vi, {zero}:{columns}], {shape}, "{a.dtype}", offset_factor=1)',
            f'Y = T.match_buffer({out.name}[vi, {zero}:{columns}], {shape}, "{a.dtype}", offset_factor=1)',
            f"for x in range({columns}):",
            f"{INDENT}Y[x] = {self.unary('X[x]')}",
        ]
        regions = [f"T.reads({a.name}[vi, {zero}:{columns}])", f"T.writes({out.name}[vi, {zero}:{columns}])"]
        return Stage([Axis("vi", a.shape[0])], body, out=[out], regions=regions)

    def running(self):
        """A sum from front to back: each iteration needs the one before."""
        a = self.source(1)
        if not isinstance(a.shape[0], int):
            return self.elementwise()
        out = self.intermediate(a.shape)
        kind = self.rng.choice(["C", "O", "S"])
        before = f"{out.name}[v0 - {self.number(1)}]"
        value = f"T.if_then_else({self.number(0)} < v0, {before}, {self.zero()}) + {self.access(a, ['v0'])}"
        return Stage([Axis("v0", a.shape[0], kind)], [f"{out.name}[v0] = {value}"], out=[out])

    def softmax(self):
        """Four stages: the greatest, the exponentials, their sum, the quotient."""
        a = self.source(2)
        if self.dtype not in FLOATS:
            return self.elementwise()
        rows = a.shape[0]
        greatest = self.intermediate([rows])
        axes = lambda: [Axis("vi", rows), Axis("vk", a.shape[1], "R")]
        at = "[vi, vk]"
        self.add(self.reduction_stage(greatest, axes()[:1], axes()[1:], self.access(a, ["vi", "vk"]), ["vi"], "max"))
        exps = self.intermediate(a.shape)
        spatial = [Axis("vi", rows), Axis("vk", a.shape[1])]
        self.add(Stage(spatial, [f"{exps.name}{at} = T.exp({a.name}{at} - {greatest.name}[vi])"], out=[exps]))
        total = self.intermediate([rows])
        self.add(self.reduction_stage(total, axes()[:1], axes()[1:], f"{exps.name}{at}", ["vi"], "sum"))
        out = self.intermediate(a.shape)
        spatial = [Axis("vi", rows), Axis("vk", a.shape[1])]
        for used in (greatest, exps, exps, total):
            self.readers[used.name] = 1
        return Stage(spatial, [f"{out.name}{at} = {exps.name}{at} / {total.name}[vi]"], out=[out])

    STAGES = [
        ("elementwise", 18), ("combine", 14), ("matmul", 16), ("reduce", 12), ("transpose", 6), ("stencil", 6), ("pad", 8),
        ("window_reduce", 8), ("conv2d", 7), ("crop", 3), ("strided", 3), ("flatten", 3), ("unflatten", 2), ("gather", 3),
        ("batched_matmul", 3), ("softmax", 4), ("conditional", 1), ("two_outputs", 1), ("opaque", 1), ("decomposed", 2),
        ("nested", 2), ("argmax", 1), ("concat", 1), ("triangle", 1), ("view", 1), ("running", 1),
    ]

    # --- the whole

    def add(self, stage):
        if stage is None:
            return
        nest = Nest(self, stage.axes)
        lines, depth = nest.loop_lines(2) if nest.loops else ([], 2)
        pad = INDENT * depth
        lines.append(pad + f'with T.sblock("{stage.out[0].name}"):')
        lines += nest.axis_lines(stage.axes, depth + 1)
        pad = INDENT * (depth + 1)
        if nest.guards:
            lines.append(pad + f"T.where({' and '.join(nest.guards)})")
        lines += [pad + line for line in stage.regions]
        if stage.init:
            lines.append(pad + "with T.init():")
            lines += [pad + INDENT + line for line in stage.init]
        lines += [pad + line for line in stage.body]
        self.lines += lines

    def function(self, name):
        rng = self.rng
        names, weights = zip(*self.STAGES)
        count = rng.choice([1, 1, 2, 2, 2, 3, 3, 4])
        for _ in range(count):
            self.add(getattr(self, rng.choices(names, weights)[0])())
        outputs = [b for b in self.allocs if not self.readers.get(b.name) or rng.random() < 0.05] or self.allocs[-1:]
        self.allocs = [b for b in self.allocs if b not in outputs]
        return self.text(name, self.params + outputs)

    def text(self, name, params):
        index = "int64" if self.is_int64 else "int32"
        pad = INDENT * 2
        bound = set()
        signature, head = [], []
        for b in params:
            if any(not isinstance(d, int) for d in b.shape):
                signature.append(f"{b.name.lower()}_: T.handle")
                head.append(pad + f'{b.name} = T.match_buffer({b.name.lower()}_, {self.shape_text(b.shape)}, "{b.dtype}")')
                bound.update(d for d in b.shape if not isinstance(d, int))
            else:
                signature.append(f'{b.name}: T.Buffer({self.shape_text(b.shape)}, "{b.dtype}")')
        symbols = [pad + f"{s} = T.{index}()" for s in self.symbols if s in bound]
        signature += [f"{s}: T.{index}" for s in self.symbols if s not in bound]
        allocs = [self.alloc(b) for b in self.allocs]
        attr = [pad + 'T.func_attr({"tirx.noalias": True})'] if self.rng.random() < 0.3 else []
        return [f"{INDENT}@T.prim_func(s_tir=True)", f"{INDENT}def {name}({', '.join(signature)}):"] + attr + symbols + head + allocs + self.lines

    def alloc(self, b):
        scope = ', scope="local"' if self.rng.random() < 0.03 and b.name not in self.viewed else ""
        return INDENT * 2 + f'{b.name} = T.sblock_alloc_buffer({self.shape_text(b.shape)}, "{b.dtype}"{scope})'


def random_program(rng):
    """The text of a module, and the names of its functions."""
    names = ["main"]
    if rng.random() < 0.06:
        names.append("other")
    elif rng.random() < 0.1:
        names = ["kernel"]
    lines = ["@I.ir_module", "class Module:"]
    for k, name in enumerate(names):
        lines += ([""] if k else []) + ProgramMaker(rng).function(name)
    return "\n".join(lines) + "\n", names


def without_nest(program, index):
    """The program without its index-th loop nest, or None where it has no such one: for making a counterexample smaller."""
    lines = program.splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith(INDENT * 2) and line[8:9] != " " and line[8:].startswith(("for ", "with "))]
    if index >= len(starts) or len(starts) < 2:
        return None
    end = starts[index] + 1
    while end < len(lines) and lines[end].startswith(INDENT * 3):
        end += 1
    return "\n".join(lines[: starts[index]] + lines[end:]) + "\n"
