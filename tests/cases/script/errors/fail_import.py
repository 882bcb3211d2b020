@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            import os
# ---- expected ----
UnsupportedSyntax
fail_import.py:6:13: error: an import inside a T.prim_func is not supported
            import os
            ^~~~~~~~~
