@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            return 3
# ---- expected ----
UnsupportedSyntax
fail_return.py:6:13: error: a T.prim_func returns nothing
            return 3
            ^~~~~~~~
  write the result into a buffer
