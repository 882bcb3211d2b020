# GELU as networks use it, Y = x * 0.5 * (1 + erf(x / sqrt 2)), on 1 Mi numbers, then exp: what stands in a network as six layers.
#
# The lesson: elementwise layers cost the memory traffic between them. Inlined, a number is read once, goes through all of them in registers and is
# written once.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Gelu:
    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((1048576,), "float32"), Y: T.Buffer((1048576,), "float32")):
        T.func_attr({"tirx.noalias": True})
        scaled = T.sblock_alloc_buffer((1048576,), "float32")
        curve = T.sblock_alloc_buffer((1048576,), "float32")
        gelu = T.sblock_alloc_buffer((1048576,), "float32")
        for i in range(1048576):
            with T.sblock("scaled"):
                vi = T.axis.spatial(1048576, i)
                scaled[vi] = X[vi] * T.float32(0.70710678)
        for i in range(1048576):
            with T.sblock("curve"):
                vi = T.axis.spatial(1048576, i)
                curve[vi] = T.float32(0.5) + T.float32(0.5) * T.erf(scaled[vi])
        for i in range(1048576):
            with T.sblock("gelu"):
                vi = T.axis.spatial(1048576, i)
                gelu[vi] = X[vi] * curve[vi]
        for i in range(1048576):
            with T.sblock("Y"):
                vi = T.axis.spatial(1048576, i)
                Y[vi] = T.exp(gelu[vi])


sch = tvm.s_tir.Schedule(Gelu)
# Each layer into the one that reads it.
sch.compute_inline(sch.get_sblock("scaled", func_name="main"))
sch.compute_inline(sch.get_sblock("curve", func_name="main"))
sch.compute_inline(sch.get_sblock("gelu", func_name="main"))
# 16 numbers at once.
Y = sch.get_sblock("Y", func_name="main")
i, = sch.get_loops(Y)
i_0, i_1 = sch.split(i, [None, 16])
sch.vectorize(i_1)
