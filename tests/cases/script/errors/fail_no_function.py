@I.ir_module
class M:
    pass
# ---- expected ----
NoProgram
fail_no_function.py:2:1: error: the module M has no function
class M:
^~~~~~~~
  add a function with @T.prim_func
