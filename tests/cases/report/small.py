# A product with names and notes that a page has to escape, a bias of one dimension, and a corner of C that nothing touches.
import tvm
from tvm.script import tir as T


@tvm.script.ir_module
class Small:
    @T.prim_func
    def product(A: T.Buffer((8, 8), "float32"), 重量: T.Buffer((8, 12), "float32"), bias: T.Buffer((12,), "float32"), C: T.Buffer((2, 10, 12), "float32")):
        T.func_attr({"global_symbol": "product", "tir.noalias": True})
        for i, j, k in T.grid(8, 12, 8):
            with T.block("C"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    C[0, vi, vj] = bias[vj]
                C[0, vi, vj] = C[0, vi, vj] + A[vi, vk] * 重量[vk, vj]


sch = tvm.tir.Schedule(Small)
block = sch.get_block("C")
i, j, k = sch.get_loops(block)
j_0, j_1 = sch.split(j, factors=[None, 4])
sch.reorder(j_0, i, k, j_1)
sch.annotate(i, "note", "<b>&'x'")
