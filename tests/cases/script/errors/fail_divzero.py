@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            B[vi] = vi // 0
# ---- expected ----
TypeMismatch
fail_divzero.py:6:21: error: division by zero
            B[vi] = vi // 0
                    ^~~~~~~
