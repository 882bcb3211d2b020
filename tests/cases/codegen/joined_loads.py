# Unrolled sums whose loads are scattered: LLVM 19.1 took wrong ones where it made a gather of them.
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def joined_loads(A: T.Buffer((8, 3), "int32"), WC: T.Buffer((2, 2, 3), "int32"), C: T.Buffer((8, 3), "int32")):
        B = T.sblock_alloc_buffer((8, 3), "int32")
        for i in T.vectorized(8):
            for j in range(3):
                with T.sblock("B"):
                    vi, vj = T.axis.remap("SS", [i, j])
                    B[vi, vj] = A[vi, vj] * 5
        for i, j, k in T.grid(8, 3, 3):
            with T.sblock("C"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    C[vi, vj] = 0
                C[vi, vj] = C[vi, vj] + B[vi, vk] * WC[vj % 2, vj // 2, vk]
