@T.prim_func(s_tir=True)
def f(A: T.Buffer((8, 8), "float32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("a"):
            vi = T.axis.spatial(8, i)
            vi = T.axis.spatial(8, i)
# ---- expected ----
SyntaxError
fail_redef.py:6:13: error: 'vi' is already defined here
            vi = T.axis.spatial(8, i)
            ^~
  give it another name
