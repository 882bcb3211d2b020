@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            B[vi] = vi and 1
# ---- expected ----
TypeMismatch
fail_andint.py:6:21: error: 'and' needs conditions, this is an expression of type int32
            B[vi] = vi and 1
                    ^~
  compare it: x != 0
