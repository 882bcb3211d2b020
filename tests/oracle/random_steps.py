"""Random schedule steps for a program as it stands in TVM: Python text that works in TVM and in Loopglass alike.

Most have arguments that look legal; some are wrong on purpose. A step names its loops and blocks by queries of its own, so that steps
can be dropped from a sequence without breaking the others, or now and then by what an earlier step gave.
"""

import re

from tvm import tirx


class BlockView:
    """A block with what stands above it."""

    def __init__(self, function, block, loops, depth):
        self.function, self.block, self.loops, self.depth = function, block, loops, depth
        self.name = block.name_hint
        self.reads = [r.source for r in block.reads]
        self.writes = [r.source for r in block.writes]

    @property
    def kinds(self):
        return [int(v.iter_type) for v in self.block.iter_vars]

    @property
    def is_reduction(self):
        return 2 in self.kinds

    def loops_of_kind(self, realize_values, kind):
        """Indices of the loops whose variable occurs in the value of an axis of this kind."""
        used = set()
        for axis, value in zip(self.block.iter_vars, realize_values):
            if int(axis.iter_type) == kind:
                used.update(re.findall(r"\w+", str(value)))
        return [i for i, loop in enumerate(self.loops) if loop.loop_var.name in used]


def constant(e):
    return int(e.value) if isinstance(e, tirx.IntImm) else None


def blocks_of(module):
    """Every block below the root blocks, in the order of the program."""
    views = []

    def walk(stmt, function, loops, depth, values):
        kind = type(stmt).__name__
        if kind == "SeqStmt":
            for s in stmt.seq:
                walk(s, function, loops, depth, values)
        elif kind == "For":
            walk(stmt.body, function, loops + [stmt], depth, values)
        elif kind == "IfThenElse":
            walk(stmt.then_case, function, loops, depth, values)
            if stmt.else_case is not None:
                walk(stmt.else_case, function, loops, depth, values)
        elif kind == "SBlockRealize":
            if depth > 0:
                view = BlockView(function, stmt.block, loops, depth)
                view.values = list(stmt.iter_values)
                views.append(view)
            walk(stmt.block.body, function, [], depth + 1, values)

    for name, function in sorted((g.name_hint, f) for g, f in module.functions.items()):
        walk(function.body, name, [], 0, None)
    return views


class Steps:
    """Proposes steps for one program; knows the results that earlier steps were given names for."""

    def __init__(self, rng, functions, primitives):
        self.rng, self.functions = rng, functions
        self.results = []  # (name, number of loops in it or None)
        self.is_focused, self.focus = rng.random() < 0.5, set()
        self.count = 0
        table = [(n, w) for n, w in self.WEIGHTS.items() if n in primitives]
        self.names, self.weights = [n for n, _ in table], [w for _, w in table]
        self.queue = []

    WEIGHTS = {
        "split": 22, "fuse": 9, "reorder": 12, "parallel": 4, "vectorize": 5, "unroll": 3, "compute_at": 14, "reverse_compute_at": 14,
        "compute_inline": 9, "reverse_compute_inline": 8, "cache_read": 8, "cache_write": 8, "decompose_reduction": 8, "annotate": 2,
        "unannotate": 1, "get_child_blocks": 1, "get_producers": 1, "get_consumers": 1, "get_output_blocks": 1, "rfactor": 8, "reindex": 4,
        "transform_layout": 8, "transform_block_layout": 4, "blockize": 6, "set_scope": 3, "storage_align": 3, "loop_partition": 3,
        "merge": 1, "add_unit_loop": 2, "reorder_block_iter_var": 2, "decompose_padding": 3, "pad_einsum": 4, "rolling_buffer": 2,
        "cache_inplace": 2, "cache_index": 2, "reindex_cache_read": 3, "reindex_cache_write": 3, "unsafe_set_dtype": 2,
        "fuse_reduction_epilogue": 3, "sample_perfect_tile": 2, "sample_categorical": 1, "sample_compute_location": 1,
        "sample_partitioned_tile": 1, "annotate_buffer_access": 0, "bind": 1,
    }

    def propose(self, module):
        """The text of a step: one or more statements, the last of them the step itself."""
        if self.queue:
            return self.queue.pop(0)
        self.views = blocks_of(module)
        names = [(v.function, v.name) for v in self.views]
        self.unique = [v for v in self.views if names.count((v.function, v.name)) == 1]
        if not self.unique:
            return None
        # Half of the sequences stay with a few neighbouring blocks, where one step bears on the next.
        near = [v for v in self.unique if v.name in self.focus]
        if self.is_focused and not near:
            first = self.rng.randrange(len(self.unique))
            near = self.unique[first : first + 2]
            self.focus = {v.name for v in near}
        if self.rng.random() < 0.06:
            self.queue = self.tiling()
            if self.queue:
                return self.queue.pop(0)
        for _ in range(20):
            name = self.rng.choices(self.names, self.weights)[0]
            text = getattr(self, name)()
            if text:
                return text
        return None

    # --- naming

    def block_text(self, view):
        function = "" if self.functions == ["main"] else f', func_name="{view.function}"'
        name = view.name
        if self.rng.random() < 0.012:  # the scope itself, no block, or one of several
            name = self.rng.choice(["root", "nothing", self.rng.choice(self.views).name])
        return f'sch.get_sblock("{name}"{function})'

    def loops_text(self, view):
        return f"sch.get_loops({self.block_text(view)})"

    def loop_text(self, view, index):
        if self.results and self.rng.random() < 0.12:
            name, count = self.rng.choice(self.results)
            if count:
                return f"{name}[{self.rng.randrange(count)}]"
        if self.rng.random() < 0.01:
            return self.rng.choice([self.block_text(view), f"{self.loops_text(view)}[{len(view.loops)}]", f"{self.loops_text(view)}[-1]"])
        return f"{self.loops_text(view)}[{index}]"

    def result(self, count):
        self.count += 1
        name = f"s{self.count}"
        self.results.append((name, count))
        return name

    def any_block(self, wanted=lambda view: True):
        fits = [v for v in self.unique if wanted(v)]
        if not fits:
            return None
        near = [v for v in fits if v.name in self.focus]
        return self.rng.choice(near if near and self.rng.random() < 0.8 else fits)

    def any_loop(self, wanted=lambda view: True):
        view = self.any_block(lambda v: v.loops and wanted(v))
        return (view, self.rng.randrange(len(view.loops))) if view else (None, 0)

    def extent(self, view, index):
        return constant(view.loops[index].extent)

    # --- loops

    def factors(self, extent, rng):
        r = rng.random()
        if extent is None or extent < 2:
            return rng.choice(["[None, 4]", "[None, 2]", "[1, None]", "[None, 16]", "[2, None, 4]"])
        divisors = [d for d in range(1, extent + 1) if extent % d == 0]
        if r < 0.55:
            d = rng.choice(divisors)
            return rng.choice([f"[None, {d}]", f"[{d}, None]", f"[{extent // d}, {d}]"])
        if r < 0.65:
            d = rng.choice(divisors)
            e = rng.choice([x for x in divisors if (extent // d) % x == 0])
            return rng.choice([f"[None, {d}, {e}]", f"[{d}, {e}, {extent // d // e}]", f"[{d}, None, {e}]"])
        if r < 0.9:
            d = rng.choice([2, 3, 4, 5, 7, 8, 16])
            return rng.choice([f"[None, {d}]", f"[{d}, None]", f"[None, {d}, {rng.choice([2, 3])}]"])
        return rng.choice([f"[{extent + 1}, None]", f"[2, {extent}]", "[None, None]", "[0, 4]", "[2, 1]", f"[{extent}]", "[None]", "[-1, 4]"])

    def split(self):
        view, index = self.any_loop()
        if not view:
            return None
        rng = self.rng
        factors = self.factors(self.extent(view, index), rng)
        extra = ", preserve_unit_iters=False" if rng.random() < 0.1 else ""
        extra += ", disable_predication=True" if rng.random() < 0.04 else ""
        call = f"sch.split({self.loop_text(view, index)}, {factors}{extra})"
        return f"{self.result(factors.count(',') + 1)} = {call}\n" if rng.random() < 0.3 else call + "\n"

    def fuse(self):
        view, first = self.any_loop(lambda v: len(v.loops) > 1)
        if not view:
            return None
        rng = self.rng
        count = rng.choice([2, 2, 2, 3])
        if rng.random() < 0.85:
            first = min(first, max(0, len(view.loops) - count))
        extra = ", preserve_unit_iters=False" if rng.random() < 0.1 else ""
        call = f"sch.fuse(*l[{first}:{first + count}]{extra})"
        if rng.random() < 0.06:
            call = f"sch.fuse(l[{rng.randrange(len(view.loops))}], l[{rng.randrange(len(view.loops))}])"
        return f"l = {self.loops_text(view)}\n{call}\n"

    def reorder(self):
        view, _ = self.any_loop(lambda v: len(v.loops) > 1)
        if not view:
            return None
        count = len(view.loops)
        order = self.rng.sample(range(count), self.rng.randint(2, count))
        if self.rng.random() < 0.03:
            order.append(order[0])
        return f"l = {self.loops_text(view)}\nsch.reorder({', '.join(f'l[{i}]' for i in order)})\n"

    def loop_kind(self, name, wanted=1):
        view, index = self.any_loop()
        if not view:
            return None
        if self.rng.random() < 0.7:
            good = view.loops_of_kind(view.values, wanted)
            index = self.rng.choice(good) if good else index
        return f"sch.{name}({self.loop_text(view, index)})\n"

    def parallel(self):
        return self.loop_kind("parallel", 0)

    def vectorize(self):
        return self.loop_kind("vectorize", 0)

    def unroll(self):
        return self.loop_kind("unroll", 2)

    def bind(self):
        view, index = self.any_loop()
        return view and f'sch.bind({self.loop_text(view, index)}, "{self.rng.choice(["threadIdx.x", "blockIdx.x", "vthread"])}")\n'

    def loop_partition(self):
        view, index = self.any_loop()
        if not view:
            return None
        extent = self.extent(view, index) or 8
        a, b = sorted([self.rng.randint(1, max(1, extent - 1)), self.rng.randint(1, max(1, extent - 1))])
        factors = self.rng.choice([f"[{a}, None]", f"[None, {a}]", f"[{a}, {b}, None]", f"[{a}, None, {b}]", f"[{a}, {extent}]"])
        return f"sch.loop_partition({self.loop_text(view, index)}, {factors})\n"

    def merge(self):
        # Most others end TVM's process.
        first, i = self.any_loop()
        like = lambda v: v is not first and i < len(v.loops) and self.extent(v, i) == self.extent(first, i)
        second = first and self.any_block(lambda v: v.function == first.function and (like(v) or self.rng.random() < 0.02))
        if not second or not second.loops:
            return None
        return f"sch.merge({self.loops_text(first)}[{i}], {self.loops_text(second)}[{min(i, len(second.loops) - 1)}])\n"

    def add_unit_loop(self):
        view, index = self.any_loop()
        if not view:
            return None
        node = self.loop_text(view, index) if self.rng.random() < 0.5 else self.block_text(view)
        return f"sch.add_unit_loop({node})\n"

    # --- blocks moved

    def pair(self):
        """A block and one that reads what it writes."""
        pairs = [
            (p, c)
            for p in self.unique
            for c in self.unique
            if p is not c and p.function == c.function and any(w.same_as(r) for w in p.writes for r in c.reads)
        ]
        if pairs and self.rng.random() < 0.92:
            near = [(p, c) for p, c in pairs if p.name in self.focus or c.name in self.focus]
            return self.rng.choice(near or pairs)
        return (self.any_block(), self.any_block()) if self.rng.random() < 0.5 else (None, None)

    def placing(self):
        rng = self.rng
        text = ", preserve_unit_loops=True" if rng.random() < 0.15 else ""
        return text + (rng.choice([", index=-2", ", index=0", ", index=1"]) if rng.random() < 0.12 else "")

    def compute_at(self):
        producer, consumer = self.pair()
        if not producer or not consumer.loops:
            return None
        index = self.rng.randrange(len(consumer.loops))
        return f"sch.compute_at({self.block_text(producer)}, {self.loop_text(consumer, index)}{self.placing()})\n"

    def reverse_compute_at(self):
        producer, consumer = self.pair()
        if not producer or not producer.loops:
            return None
        spatial = producer.loops_of_kind(producer.values, 0)
        index = self.rng.choice(spatial) if spatial and self.rng.random() < 0.6 else self.rng.randrange(len(producer.loops))
        return f"sch.reverse_compute_at({self.block_text(consumer)}, {self.loop_text(producer, index)}{self.placing()})\n"

    def compute_inline(self):
        producer, _ = self.pair() if self.rng.random() < 0.9 else (self.any_block(), None)
        return producer and f"sch.compute_inline({self.block_text(producer)})\n"

    def reverse_compute_inline(self):
        _, consumer = self.pair() if self.rng.random() < 0.9 else (None, self.any_block())
        return consumer and f"sch.reverse_compute_inline({self.block_text(consumer)})\n"

    def fuse_reduction_epilogue(self):
        producer, consumer = self.pair()
        return producer and f"sch.fuse_reduction_epilogue({self.block_text(producer)}, {self.block_text(consumer)})\n"

    # --- buffers

    def buffer_index(self, buffers):
        return self.rng.randrange(len(buffers)) if buffers and self.rng.random() < 0.96 else self.rng.choice([0, 1, 2, 3])

    def scope(self):
        return self.rng.choice(["global"] * 7 + ["local"] * 2 + ["shared", "shared.dyn", "wmma.matrix_a", "nowhere"][: self.rng.choice([0, 0, 0, 4])] or ["global"])

    def consumers(self, view, buffer):
        if self.rng.random() < 0.85:
            return ""
        readers = [v for v in self.unique if v.function == view.function and any(r.same_as(buffer) for r in v.reads)]
        if not readers:
            return ""
        chosen = self.rng.sample(readers, self.rng.randint(1, len(readers)))
        return f", consumer_blocks=[{', '.join(self.block_text(v) for v in chosen)}]"

    def cache_read(self):
        view = self.any_block(lambda v: v.reads)
        if not view:
            return None
        index = self.buffer_index(view.reads)
        extra = self.consumers(view, view.reads[index]) if index < len(view.reads) else ""
        return f'sch.cache_read({self.block_text(view)}, {index}, "{self.scope()}"{extra})\n'

    def cache_write(self):
        view = self.any_block(lambda v: v.writes)
        if not view:
            return None
        index = self.buffer_index(view.writes)
        extra = self.consumers(view, view.writes[index]) if index < len(view.writes) else ""
        return f'sch.cache_write({self.block_text(view)}, {index}, "{self.scope()}"{extra})\n'

    def cache_inplace(self):
        view = self.any_block(lambda v: v.reads and (self.rng.random() < 0.1 or any(w.same_as(r) for w in v.writes for r in v.reads)))
        return view and f'sch.cache_inplace({self.block_text(view)}, {self.buffer_index(view.reads)}, "global")\n'

    def cache_index(self):
        view = self.any_block()
        return view and f'sch.cache_index({self.block_text(view)}, "global", {self.rng.choice([0, 0, 1, 2])})\n'

    def buffer_argument(self, view):
        options = [("read", i) for i in range(len(view.reads))] + [("write", i) for i in range(len(view.writes))]
        kind, index = self.rng.choice(options or [("read", 0)])
        if self.rng.random() < 0.03:
            index += 1
        buffers = view.reads if kind == "read" else view.writes
        return f'("{kind}", {index})', buffers[index] if index < len(buffers) else None

    def reindex(self):
        view = self.any_block()
        return view and f"sch.reindex({self.block_text(view)}, {self.buffer_argument(view)[0]})\n"

    def index_map(self, shape):
        """A lambda that permutes, splits or joins axes."""
        rng = self.rng
        names = [f"i{k}" for k in range(len(shape))]
        out = list(names)
        rng.shuffle(out) if rng.random() < 0.5 else None
        if out and rng.random() < 0.6:
            k = rng.randrange(len(out))
            extent = shape[int(out[k][1:])]
            divisors = [d for d in range(2, (extent or 8) + 1) if (extent or 8) % d == 0] or [2]
            factor = rng.choice(divisors) if rng.random() < 0.7 else rng.choice([2, 3, 4, 8])
            name = out[k]
            out[k : k + 1] = [f"{name} // {factor}"]
            out.insert(rng.choice([k + 1, len(out)]), f"{name} % {factor}")
        elif len(out) > 1 and rng.random() < 0.5:
            a, b = out[0], out[1]
            extent = shape[int(b[1:])]
            if extent:
                out[0:2] = [f"{a} * {extent} + {b}"]
        elif rng.random() < 0.1 and out:
            out[0] = f"{out[0]} + 1" if rng.random() < 0.5 else f"{out[0]} * 2"
        elif rng.random() < 0.05 and out:
            out.pop()
        return f"lambda {', '.join(names)}: ({', '.join(out)}{',' if len(out) == 1 else ''})"

    def transform_layout(self):
        view = self.any_block(lambda v: v.reads or v.writes)
        if not view:
            return None
        argument, buffer = self.buffer_argument(view)
        if buffer is None:
            return f"sch.transform_layout({self.block_text(view)}, {argument}, index_map=lambda i: (i,))\n"
        shape = [constant(d) for d in buffer.shape]
        dtype = str(buffer.dtype)
        pad = self.rng.choice(["", "", "", ", pad_value=0" if "int" in dtype else ", pad_value=0.0"])
        return f"sch.transform_layout({self.block_text(view)}, {argument}, index_map={self.index_map(shape)}{pad})\n"

    def transform_block_layout(self):
        view = self.any_block(lambda v: len(v.block.iter_vars) > 0)
        if not view:
            return None
        shape = [constant(v.dom.extent) for v in view.block.iter_vars]
        return f"sch.transform_block_layout({self.block_text(view)}, index_map={self.index_map(shape)})\n"

    def cached_index_map(self, view, buffer):
        """From the axes of a block to the indices of its cached buffer: those that the access uses, permuted."""
        rng = self.rng
        names = [f"i{k}" for k in range(len(view.block.iter_vars))]
        kept = [n for n, kind in zip(names, view.kinds) if kind == 0 or rng.random() < 0.3] or names[:1]
        rng.shuffle(kept) if rng.random() < 0.5 else None
        return f"lambda {', '.join(names)}: ({', '.join(kept)}{',' if len(kept) == 1 else ''})"

    def reindex_cache_read(self):
        view = self.any_block(lambda v: v.reads and v.block.iter_vars)
        if not view:
            return None
        index = self.buffer_index(view.reads)
        return f'sch.reindex_cache_read({self.block_text(view)}, {index}, "global", {self.cached_index_map(view, None)})\n'

    def reindex_cache_write(self):
        view = self.any_block(lambda v: v.writes and v.block.iter_vars)
        if not view:
            return None
        index = self.buffer_index(view.writes)
        return f'sch.reindex_cache_write({self.block_text(view)}, {index}, "global", {self.cached_index_map(view, None)})\n'

    def set_scope(self):
        view = self.any_block(lambda v: v.writes)
        return view and f'sch.set_scope({self.block_text(view)}, {self.buffer_index(view.writes)}, "{self.rng.choice(["local", "global", "shared", "no"])}")\n'

    def storage_align(self):
        view = self.any_block(lambda v: v.writes)
        if not view:
            return None
        rng = self.rng
        return f"sch.storage_align({self.block_text(view)}, {self.buffer_index(view.writes)}, {rng.choice([-1, -2, 0, 1, 2, -5])}, {rng.choice([8, 16, 32, 0])}, {rng.choice([0, 1, 8])})\n"

    def unsafe_set_dtype(self):
        view = self.any_block(lambda v: v.writes)
        return view and f'sch.unsafe_set_dtype({self.block_text(view)}, {self.buffer_index(view.writes)}, "{self.rng.choice(["float16", "float32", "int32"])}")\n'

    # --- blocks changed

    def reduce_loop(self):
        view = self.any_block(lambda v: v.loops and v.is_reduction)
        if not view:
            return None, 0
        loops = view.loops_of_kind(view.values, 2)
        return view, self.rng.choice(loops) if loops and self.rng.random() < 0.85 else self.rng.randrange(len(view.loops))

    def decompose_reduction(self):
        view, index = self.reduce_loop()
        if not view:
            return None
        reduce = view.loops_of_kind(view.values, 2)
        if reduce and self.rng.random() < 0.8:
            index = self.rng.randint(0, reduce[0])
        return f"sch.decompose_reduction({self.block_text(view)}, {self.loop_text(view, index)})\n"

    def rfactor(self):
        view, index = self.reduce_loop()
        if not view:
            return None
        rank = len(view.writes[0].shape) if view.writes else 0
        return f"sch.rfactor({self.loop_text(view, index)}, {self.rng.choice([0, 0, rank, -1, rank + 2 if self.rng.random() < 0.1 else 0])})\n"

    def blockize(self):
        view, index = self.any_loop()
        if not view:
            return None
        extra = ", preserve_unit_iters=False" if self.rng.random() < 0.2 else ""
        return f"sch.blockize({self.loop_text(view, index)}{extra})\n"

    def reorder_block_iter_var(self):
        view = self.any_block(lambda v: len(v.block.iter_vars) > 1)
        if not view:
            return None
        order = list(range(len(view.block.iter_vars)))
        self.rng.shuffle(order)
        if self.rng.random() < 0.1:
            order[0] = order[-1]
        return f"sch.reorder_block_iter_var({self.block_text(view)}, {order})\n"

    def decompose_padding(self):
        view, index = self.any_loop(lambda v: "if_then_else" in str(v.block.body) or self.rng.random() < 0.05)
        return view and f"sch.decompose_padding({self.block_text(view)}, {self.loop_text(view, index)})\n"

    def pad_einsum(self):
        view = self.any_block(lambda v: v.is_reduction or self.rng.random() < 0.1)
        if not view:
            return None
        padding = [self.rng.choice([1, 4, 8, 16]) for _ in view.block.iter_vars]
        return f"sch.pad_einsum({self.block_text(view)}, {padding})\n"

    def rolling_buffer(self):
        view = self.any_block(lambda v: v.writes and v.loops)
        return view and f"sch.rolling_buffer({self.block_text(view)}, {self.buffer_index(view.writes)})\n"

    def annotate(self):
        view, index = self.any_loop()
        if not view:
            return None
        node = self.loop_text(view, index) if self.rng.random() < 0.4 else self.block_text(view)
        value = self.rng.choice(["1", '"x"', "[1, 2]", "0.5", '{"a": 1}'])
        return f'sch.annotate({node}, "{self.rng.choice(["pragma_auto_unroll_max_step", "note"])}", {value})\n'

    def unannotate(self):
        view, index = self.any_loop()
        if not view:
            return None
        node = self.loop_text(view, index) if self.rng.random() < 0.4 else self.block_text(view)
        return f'sch.unannotate({node}, "{self.rng.choice(["pragma_auto_unroll_max_step", "note"])}")\n'

    # --- queries: their results are used by the statement after them

    def related(self, name):
        view = self.any_block()
        return view and f'sch.annotate(sch.{name}({self.block_text(view)})[0], "mark", 1)\n'

    def get_producers(self):
        return self.related("get_producers")

    def get_consumers(self):
        return self.related("get_consumers")

    def get_child_blocks(self):
        view, index = self.any_loop()
        return view and f'sch.annotate(sch.get_child_blocks({self.loop_text(view, index)})[-1], "mark", 1)\n'

    def get_output_blocks(self):
        function = "" if self.functions == ["main"] else f', func_name="{self.functions[0]}"'
        return f'sch.annotate(sch.get_output_blocks(sch.get_sblock("root"{function}))[-1], "mark", 1)\n'

    # --- sampling, with the decision given

    def sample_perfect_tile(self):
        view, index = self.any_loop(lambda v: all(constant(loop.extent) for loop in v.loops))
        if not view:
            return None
        extent = self.extent(view, index)
        d = self.rng.choice([d for d in range(1, extent + 1) if extent % d == 0])
        text = f"l = {self.loops_text(view)}[{index}]\nf = sch.sample_perfect_tile(l, n=2, max_innermost_factor={self.rng.choice([16, 64, 4])}, decision=[{extent // d}, {d}])\n"
        return text + "sch.split(l, f)\n"

    def sample_categorical(self):
        view, index = self.any_loop()
        if not view:
            return None
        node = self.loop_text(view, index)
        return f'v = sch.sample_categorical([0, 16, 64, 512], [0.25, 0.25, 0.25, 0.25], decision={self.rng.randrange(4)})\nsch.annotate({node}, "pragma_unroll_explicit", v)\n'

    def sample_compute_location(self):
        producer, consumer = self.pair()
        if not producer:
            return None
        return f"b = {self.block_text(producer)}\nl = sch.sample_compute_location(b, decision={self.rng.choice([-1, -2, 0, 1, 2])})\nsch.compute_at(b, l)\n"

    def sample_partitioned_tile(self):
        view, index = self.any_loop(lambda v: all(constant(loop.extent) for loop in v.loops))
        if not view:
            return None
        extent = self.extent(view, index)
        d = self.rng.choice([d for d in range(1, extent + 1) if extent % d == 0])
        text = f"l = {self.loops_text(view)}[{index}]\nf = sch.sample_partitioned_tile(l, n=2, partition_pos=1, innerpart_factor={self.rng.choice([1, d])}, decision=[{extent // d}, {d}])\n"
        return text + "sch.split(l, f)\n"

    # --- what people do with a reduction, step by step

    def tiling(self):
        view = self.any_block(lambda v: v.is_reduction and len(v.loops) >= 3 and len(v.loops) == len(v.block.iter_vars))
        if not view:
            return []
        rng = self.rng
        count, loops, block = len(view.loops), self.loops_text(view), self.block_text(view)
        reduce = view.loops_of_kind(view.values, 2)
        spatial = [i for i in range(count) if i not in reduce]
        if not spatial or not reduce:
            return []
        outer, inner = spatial[0], spatial[-1]
        tile = rng.choice([2, 3, 4, 8])
        steps = [f"sch.split({loops}[{inner}], [None, {tile}])\n"]
        now = lambda i: i if i <= inner else i + 1  # where a loop stands after the split
        order = [now(i) for i in spatial] + [now(i) for i in reduce] + [inner + 1]
        steps.append(f"l = {loops}\nsch.reorder({', '.join(f'l[{i}]' for i in order)})\n")
        consumers = [c for c in self.unique if c is not view and any(w.same_as(r) for w in view.writes for r in c.reads)]
        producers = [p for p in self.unique if p is not view and any(w.same_as(r) for w in p.writes for r in view.reads)]
        at = len(spatial) - 1
        if consumers:
            steps.append(f"sch.reverse_compute_at({self.block_text(consumers[0])}, {loops}[{at}])\n")
        if producers:
            steps.append(f"sch.compute_at({self.block_text(producers[0])}, {loops}[{rng.choice([at, len(spatial)])}])\n")
        steps.append(f"sch.vectorize({loops}[-1])\n")
        if rng.random() < 0.7:
            steps.append(f"sch.parallel({loops}[{outer}])\n")
        steps.append(f"sch.decompose_reduction({block}, {loops}[{len(spatial)}])\n")
        return steps
