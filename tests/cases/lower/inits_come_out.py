# hoist_first
from tvm.script import tirx as T


# Both reduction loops of C lie inside: the init comes out of them. That of D stays at the loop of its rows, in the loop that asks for it. What is done in the last
# iteration, or behind something else, stays.
@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 12), "float32"), C: T.Buffer((8,), "float32"), D: T.Buffer((8,), "float32"), G: T.Buffer((32,), "float32")):
    for i, k_0, k_1 in T.grid(8, 3, 4):
        with T.sblock("C"):
            vi = T.axis.spatial(8, i)
            vk = T.axis.reduce(12, k_0 * 4 + k_1)
            with T.init():
                C[vi] = T.float32(0)
            C[vi] = C[vi] + A[vi, vk]
    for k_0, i, k_1 in T.grid(3, 8, 4):
        with T.sblock("D"):
            vi = T.axis.spatial(8, i)
            vk = T.axis.reduce(12, k_0 * 4 + k_1)
            with T.init():
                D[vi] = T.float32(0)
            D[vi] = D[vi] + A[vi, vk]
    for k in range(12):
        for j in T.vectorized(32):
            with T.sblock("G"):
                vj, vk = T.axis.remap("SR", [j, k])
                with T.init():
                    G[vj] = T.float32(0)
                G[vj] = G[vj] + A[0, vk]
    for i in range(8):
        if i == 7:
            C[i] = D[i]
        D[i] = C[i]
    for i in range(8):
        D[i] = C[i]
        if i == 0:
            C[i] = D[i]

# ---- lowered ----
@I.ir_module
class Module:
    @T.prim_func(s_tir=True)
    def f(A: T.Buffer((8, 12), "float32"), C: T.Buffer((8,), "float32"), D: T.Buffer((8,), "float32"), G: T.Buffer((32,), "float32")):
        for i in range(8):
            C[i] = T.float32(0.0)
            for k_0, k_1 in T.grid(3, 4):
                C[i] = C[i] + A[i, k_0 * 4 + k_1]
        for k_0, i in T.grid(3, 8):
            if k_0 * 4 == 0:
                D[i] = T.float32(0.0)
            for k_1 in range(4):
                D[i] = D[i] + A[i, k_0 * 4 + k_1]
        G[0:32] = T.Broadcast(T.float32(0.0), 32)
        for k in range(12):
            G[0:32] = G[T.Ramp(0, 1, 32)] + T.Broadcast(A[0, k], 32)
        for i in range(8):
            if i == 7:
                C[i] = D[i]
            D[i] = C[i]
        for i in range(8):
            D[i] = C[i]
            if i == 0:
                C[i] = D[i]
