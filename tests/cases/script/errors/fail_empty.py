# ---- expected ----
NoProgram
fail_empty.py: error: the text is empty
  a program is a class with @tvm.script.ir_module or @I.ir_module, or a function with @T.prim_func
