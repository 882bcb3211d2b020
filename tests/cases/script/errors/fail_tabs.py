def f():
	if x:
        y = 1
	z = 2
# ---- expected ----
SyntaxError
fail_tabs.py:3:1: error: tabs and spaces are mixed in a way that leaves the indentation unclear
        y = 1
^~~~~~~~
  indent with spaces alone
