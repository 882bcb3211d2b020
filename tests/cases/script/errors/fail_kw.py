@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi, 0] = T.Select(condition=vi < 3, a=1, b=2)
# ---- expected ----
TypeMismatch
fail_kw.py:6:33: error: T.Select takes no keyword arguments
            A[vi, 0] = T.Select(condition=vi < 3, a=1, b=2)
                                ^~~~~~~~~~~~~~~~
