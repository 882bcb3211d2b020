sch = Schedule(M)
b = sch.get_block("Y")
for l in sch.get_loops(b):
    sch.unroll(l)
if True:
    sch.split(1)
x = foo(sch)
sch.split(n, [2])
l = np.array(3)
sch.split(b, [l, 2])
print(sch.mod.script())
sch.show()
sch.mod.show()
i, *rest = sch.get_loops(b)
sch.reorder(*rest[::-1], i)
t = (2, 4)
sch.split(rest[0], factors=[None, t[1] * 2])
with open(sch) as f:
    pass
sch2 = sch
# ---- expected ----
UnsupportedSyntax
fail_sched.py:3:1: error: a for loop touches the schedule 'sch'
for l in sch.get_loops(b):
^~~~~~~~~~~~~~~~~~~~~~~~~~
  write the calls on 'sch' one below the other, with plain numbers: nothing is executed
UnsupportedSyntax
fail_sched.py:5:1: error: an if touches the schedule 'sch'
if True:
^~~~~~~~
  write the calls on 'sch' one below the other, with plain numbers: nothing is executed
UnsupportedSyntax
fail_sched.py:7:5: error: 'foo(...)' would have to be executed
x = foo(sch)
    ^~~~~~~~
  write the calls on 'sch' one below the other, with plain numbers: nothing is executed
UnsupportedSyntax
fail_sched.py:8:11: error: 'n' is not defined
sch.split(n, [2])
          ^
  write the calls on 'sch' one below the other, with plain numbers: nothing is executed
UnsupportedSyntax
fail_sched.py:10:15: error: 'l' gets its value from Python code, which is not executed
sch.split(b, [l, 2])
              ^
  write the calls on 'sch' one below the other, with plain numbers: nothing is executed
UnsupportedSyntax
fail_sched.py:18:1: error: a with statement touches the schedule 'sch'
with open(sch) as f:
^~~~~~~~~~~~~~~~~~~~
  write the calls on 'sch' one below the other, with plain numbers: nothing is executed
UnsupportedSyntax
fail_sched.py:20:8: error: the schedule 'sch' itself is handed on here
sch2 = sch
       ^~~
  write the calls on 'sch' one below the other, with plain numbers: nothing is executed
