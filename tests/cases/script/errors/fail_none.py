x = 1
for i in range(3):
    print(i)
# ---- expected ----
NoProgram
fail_none.py: error: the text holds no TVMScript
  a program is a class with @tvm.script.ir_module or @I.ir_module, or a function with @T.prim_func
