@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            A = T.float32(0)
# ---- expected ----
UnsupportedSyntax
fail_assignbuf.py:6:13: error: 'A' would become a buffer of its own, which a block cannot hold
            A = T.float32(0)
            ^~~~~~~~~~~~~~~~
  write A: T.let = ... to name a value
