from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def gather(A: T.Buffer((16,), "int32"), I_: T.Buffer((32,), "int32"), B: T.Buffer((32,), "int32")):
        for i in T.vectorized(32):
            with T.sblock("B"):
                vi = T.axis.spatial(32, i)
                B[vi] = A[I_[vi]]

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def gather(A: T.Buffer((16,), "int32"), I_: T.Buffer((32,), "int32"), B: T.Buffer((32,), "int32")):
        for i in range(32):
            T.check_bounds(0 <= I_[i] and I_[i] < 16, "A", I_[i])
        B[0:32] = A[I_[T.Ramp(0, 1, 32)]]
