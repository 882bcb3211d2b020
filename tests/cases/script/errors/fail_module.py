@I.ir_module
class M:
    x = 1
    def g(self):
        pass
    @T.prim_func
    def f(A: T.Buffer((8,), "float32")):
        with T.sblock("b"):
            A[0] = 1.0
    @R.function
    def h():
        pass
# ---- expected ----
UnsupportedSyntax
fail_module.py:4:5: error: the function g is no T.prim_func
    def g(self):
    ^~~~~~~~~~~~
  write @T.prim_func above it
UnsupportedSyntax
fail_module.py:8:14: error: blocks need a function with s_tir=True
        with T.sblock("b"):
             ^~~~~~~~~~~~~
  write @T.prim_func(s_tir=True)
UnsupportedSyntax
fail_module.py:11:5: error: the function h is no T.prim_func
    def h():
    ^~~~~~~~
  only T.prim_func is understood here
