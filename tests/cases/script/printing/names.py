@I.ir_module
class Names:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((4, 4), "float32"), i: T.int32, T_1: T.int32):
        B = T.sblock_alloc_buffer((4, 4))
        for T_2, I, R in T.grid(4, 4, 2):
            with T.sblock("A"):
                vi, vj, B_1 = T.axis.remap("SSR", [T_2, I, R])
                with T.init():
                    B[vi, vj] = T.float32(0)
                B[vi, vj] = B[vi, vj] + A[vi, vj] * T.Cast("float32", B_1)
        for i_1 in range(4):
            for j in T.serial(4, annotations={"pragma_x": 1}):
                with T.sblock("A"):
                    vi = T.axis.spatial(4, i_1)
                    vj = T.axis.spatial(4, 3 - j)
                    A[vi, vj] = B[vi, vj] + T.Cast("float32", i)
# ---- expected ----
# from tvm.script import ir as I
# from tvm.script import tirx as T
# from tvm.tirx.layout import Axis

@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def main(A: T.Buffer((4, 4), "float32"), i: T.int32, T_1: T.int32):
        # with T.sblock("root"):
        B = T.sblock_alloc_buffer((4, 4))
        for T_2, I_1, R_1 in T.grid(4, 4, 2):
            with T.sblock("A"):
                vi, vj, B_1 = T.axis.remap("SSR", [T_2, I_1, R_1])
                T.reads(A[vi, vj])
                T.writes(B[vi, vj])
                with T.init():
                    B[vi, vj] = T.float32(0.0)
                B[vi, vj] = B[vi, vj] + A[vi, vj] * T.Cast("float32", B_1)
        for i_1 in range(4):
            for j in T.serial(4, annotations={"pragma_x": 1}):
                with T.sblock("A"):
                    vi = T.axis.spatial(4, i_1)
                    vj = T.axis.spatial(4, 3 - j)
                    T.reads(B[vi, vj])
                    T.writes(A[vi, vj])
                    A[vi, vj] = B[vi, vj] + T.Cast("float32", i)
