@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A[vi, 0] = [x for x in range(3)]
# ---- expected ----
UnsupportedSyntax
fail_compr.py:6:27: error: comprehensions are not part of TVMScript
            A[vi, 0] = [x for x in range(3)]
                          ^~~
  write the elements out
