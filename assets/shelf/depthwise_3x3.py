# A depthwise convolution, 32 channels of 112 x 112, 3 x 3: each channel with a filter of its own.
#
# The lesson: little is computed for what is read (9 products for each number), so the rows have to be read once. Four rows of outputs are computed
# together, and each of the six input rows that they need serves three of them.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Depthwise:
    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((32, 114, 114), "float32"), W: T.Buffer((32, 3, 3), "float32"), Y: T.Buffer((32, 112, 112), "float32")):
        T.func_attr({"tirx.noalias": True})
        for c, h, w, rh, rw in T.grid(32, 112, 112, 3, 3):
            with T.sblock("Y"):
                vc, vh, vw, vrh, vrw = T.axis.remap("SSSRR", [c, h, w, rh, rw])
                with T.init():
                    Y[vc, vh, vw] = T.float32(0)
                Y[vc, vh, vw] = Y[vc, vh, vw] + X[vc, vh + vrh, vw + vrw] * W[vc, vrh, vrw]


sch = tvm.s_tir.Schedule(Depthwise)
Y = sch.get_sblock("Y", func_name="main")
# Sum in registers, write each sum once.
Y_local = sch.cache_write(Y, 0, "local")
c, h, w, rh, rw = sch.get_loops(Y)
# A tile of 4 rows and 16 columns; the filter's loops outside of it.
h_0, h_1 = sch.split(h, [None, 4])
w_0, w_1 = sch.split(w, [None, 16])
sch.reorder(c, h_0, w_0, rh, rw, h_1, w_1)
sch.reverse_compute_at(Y_local, w_0)
ax0, ax1 = sch.get_loops(Y_local)[-2:]
sch.vectorize(w_1)
sch.vectorize(ax1)
# All of the filter and of the tile written out: 36 products of 16 numbers without a branch.
sch.unroll(rh)
sch.unroll(rw)
sch.unroll(h_1)
sch.unroll(ax0)
sch.decompose_reduction(Y, rh)
