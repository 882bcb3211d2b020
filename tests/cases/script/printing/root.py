@T.prim_func(s_tir=True)
def root(A: T.Buffer((8, 8), "float32")):
    with T.sblock("root"):
        T.sblock_attr({"x": 1})
        B = T.sblock_alloc_buffer((8, 8))
        for i in range(8):
            with T.sblock("outer"):
                vi = T.axis.spatial(8, i)
                for j in range(8):
                    with T.sblock("B"):
                        vj = T.axis.spatial(8, j)
                        B[vi, vj] = A[vi, vj]
                for j in range(4):
                    with T.sblock("A"):
                        vj = T.axis.opaque(4, j)
                        A[vi, vj] = B[vi, vj * 2 + 1]
# ---- expected ----
# from tvm.script import tirx as T
# from tvm.tirx.layout import Axis

@T.prim_func(s_tir=True)
def root(A: T.Buffer((8, 8), "float32")):
    with T.sblock("root"):
        T.reads()
        T.writes()
        T.sblock_attr({"x": 1})
        B = T.sblock_alloc_buffer((8, 8))
        for i in range(8):
            with T.sblock("outer"):
                vi = T.axis.spatial(8, i)
                T.reads(A[vi, 0:8], B[vi, 1:8])
                T.writes(B[vi, 0:8], A[vi, 0:4])
                for j in range(8):
                    with T.sblock("B"):
                        vj = T.axis.spatial(8, j)
                        T.reads(A[vi, vj])
                        T.writes(B[vi, vj])
                        B[vi, vj] = A[vi, vj]
                for j in range(4):
                    with T.sblock("A"):
                        vj = T.axis.opaque(4, j)
                        T.reads(B[vi, vj * 2 + 1])
                        T.writes(A[vi, vj])
                        A[vi, vj] = B[vi, vj * 2 + 1]
