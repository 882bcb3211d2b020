@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            B[vi] = vi / 2
# ---- expected ----
TypeMismatch
fail_div.py:6:21: error: '/' of two integers is ambiguous
            B[vi] = vi / 2
                    ^~~~~~
  write // for the floor, T.truncdiv(a, b) to round towards zero
