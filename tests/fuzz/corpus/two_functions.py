import tvm
from tvm.script import tir as T

@tvm.script.ir_module
class Two:
    @T.prim_func
    def main(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8, 8), dtype="int8")):
        for i, j in T.grid(8, 8):
            with T.block("B"):
                vi, vj = T.axis.remap("SS", [i, j])
                B[vi, vj] = T.cast(A[vi, vj] * T.float32(2), "int8")

    @T.prim_func(private=True)
    def scale(A: T.Buffer((8, 8), "float32"), n: T.int32):
        T.func_attr({"tir.noalias": True})
        for i, j in T.grid(8, 8):
            with T.block("A"):
                vi, vj = T.axis.remap("SS", [i, j])
                T.where(i < n and j != 3)
                T.block_attr({"scale": [1, 2.5, "x"], "deep": {"a": None}})
                A[vi, vj] = A[vi, vj] * 0.1
