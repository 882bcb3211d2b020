@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            for a, b in T.grid(8):
                A[vi, a] = T.float32(0)
# ---- expected ----
SyntaxError
fail_grid.py:6:25: error: T.grid gives 1 loop, 2 variables are named
            for a, b in T.grid(8):
                        ^~~~~~~~~
