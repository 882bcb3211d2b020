from tvm.script import ir as I
from tvm.script import tirx as T


@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8, 32), "float32"), B: T.Buffer((8, 32), "float32")):
        for f_0 in range(16):
            for f_1 in T.vectorized(16):
                with T.sblock("B"):
                    vi = T.axis.spatial(8, (f_0 * 16 + f_1) // 32)
                    vj = T.axis.spatial(32, (f_0 * 16 + f_1) % 32)
                    B[vi, vj] = A[vi, vj] + T.float32(1)

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((8, 32), "float32"), B: T.Buffer((8, 32), "float32")):
        for f_0 in range(16):
            B[f_0 * 16 // 32, f_0 * 16 % 32:f_0 * 16 % 32 + 16] = A[f_0 * 16 // 32, T.Ramp(f_0 * 16 % 32, 1, 16)] + T.Broadcast(T.float32(1.0), 16)
