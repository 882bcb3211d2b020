# exact
# Stores that are annotated to go past the caches write what others write.
from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def in_a_block(A: T.Buffer((8, 32), "float32"), B: T.Buffer((8, 32), "float32")):
        for i in range(8):
            for j in T.vectorized(32):
                with T.sblock("B"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    T.sblock_attr({"nontemporal_store": 1})
                    B[vi, vj] = A[vi, vj] * T.float32(2)

    @T.prim_func(s_tir=True)
    def in_threads(A: T.Buffer((8, 32), "int16"), B: T.Buffer((8, 32), "int16"), C: T.Buffer((32,), "int16")):
        for i in T.parallel(8, annotations={"nontemporal_store": True}):
            for j in range(32):
                with T.sblock("B"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    B[vi, vj] = A[vi, 31 - vj]
        for j in range(32):
            with T.sblock("C"):
                vj = T.axis.spatial(32, j)
                C[vj] = B[7, vj] + B[0, vj]

    @T.prim_func(s_tir=True)
    def strided_and_switched_off(A: T.Buffer((16,), "float64"), B: T.Buffer((32,), "float64")):
        for i in T.vectorized(16, annotations={"nontemporal_store": 1}):
            with T.sblock("B"):
                vi = T.axis.spatial(16, i)
                B[vi * 2] = A[vi]
        for i in T.serial(16, annotations={"nontemporal_store": 0}):
            with T.sblock("C"):
                vi = T.axis.spatial(16, i)
                B[vi * 2 + 1] = A[vi]
