# A convolution 3 x 3, 64 channels in and out, 56 x 56 (NCHW), as in ResNet's second stage.
#
# The lesson: convolutions are matrix products. The filters are packed so that 16 output channels lie side by side; 14 pixels times 16
# channels stay in registers while 64 x 9 products are added to each.
import tvm
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Conv2d:
    @T.prim_func(s_tir=True)
    def main(X: T.Buffer((1, 64, 56, 56), "float32"), W: T.Buffer((64, 64, 3, 3), "float32"), Y: T.Buffer((1, 64, 56, 56), "float32")):
        T.func_attr({"tirx.noalias": True})
        P = T.sblock_alloc_buffer((1, 64, 58, 58), "float32")
        for n, c, h, w in T.grid(1, 64, 58, 58):
            with T.sblock("P"):
                vn, vc, vh, vw = T.axis.remap("SSSS", [n, c, h, w])
                P[vn, vc, vh, vw] = T.if_then_else(1 <= vh and vh < 57 and 1 <= vw and vw < 57, X[vn, vc, vh - 1, vw - 1], T.float32(0))
        for n, co, h, w, ci, rh, rw in T.grid(1, 64, 56, 56, 64, 3, 3):
            with T.sblock("Y"):
                vn, vco, vh, vw, vci, vrh, vrw = T.axis.remap("SSSSRRR", [n, co, h, w, ci, rh, rw])
                with T.init():
                    Y[vn, vco, vh, vw] = T.float32(0)
                Y[vn, vco, vh, vw] = Y[vn, vco, vh, vw] + P[vn, vci, vh + vrh, vw + vrw] * W[vco, vci, vrh, vrw]


sch = tvm.s_tir.Schedule(Conv2d)
Y = sch.get_sblock("Y", func_name="main")
# The filters of 16 output channels side by side, in the order in which they are needed.
W_packed = sch.cache_read(Y, 1, "global")
sch.transform_layout(W_packed, ("write", 0), lambda co, ci, rh, rw: (co // 16, ci, rh, rw, co % 16))
# Sums in a tile of registers, channels side by side there too.
Y_local = sch.cache_write(Y, 0, "local")
sch.transform_layout(Y, ("write", 0), lambda n, co, h, w: (n, co // 16, h, w, co % 16))
n, co, h, w, ci, rh, rw = sch.get_loops(Y)
co_0, co_1 = sch.split(co, [None, 16])
w_0, w_1 = sch.split(w, [None, 14])
sch.reorder(n, co_0, h, w_0, ci, rh, rw, w_1, co_1)
# Write a tile back when it is done.
sch.reverse_compute_at(Y_local, w_0)
sch.vectorize(co_1)
sch.unroll(w_1)
# The three taps of a row written out.
sch.unroll(rw)
sch.decompose_reduction(Y, ci)
