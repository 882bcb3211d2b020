# Vectorized loops in which an element is the same for all lanes: each lane has to see what it wrote itself. exact
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def sum_below(A: T.Buffer((6, 5), "int32"), C: T.Buffer((6, 3), "int32")):
        B = T.sblock_alloc_buffer((6, 3), "int32")
        for j in T.vectorized(3):
            for ax0, ax1, ax2 in T.grid(6, 3, 3):
                with T.sblock("B"):
                    vi, vj, vk = T.axis.remap("SSR", [ax0, ax1, ax2])
                    with T.init():
                        B[vi, vj] = 0
                    B[vi, vj] = B[vi, vj] + A[vi, vj + vk]
            for i in range(6):
                with T.sblock("C"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    C[vi, vj] = T.max(B[vi, vj], 4)

    @T.prim_func(s_tir=True)
    def one_place(A: T.Buffer((8,), "int32"), C: T.Buffer((8,), "int32")):
        B = T.sblock_alloc_buffer((1,), "int32")
        for j in T.vectorized(8):
            with T.sblock("B"):
                vj = T.axis.opaque(8, j)
                B[0] = A[vj] * 2
            with T.sblock("C"):
                vj = T.axis.spatial(8, j)
                C[vj] = B[0] + 1
