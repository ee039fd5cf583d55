"""A file that says it is written in an encoding which runs code when it is read.

control: none (the text is taken in once, by the grader, as UTF-8)
source: "# -*- coding: unicode_escape -*-\n'\\u0027 + open(\\u0027@OPEN@/attack-left\\u0027, \\u0027w\\u0027).write(\\u0027x\\u0027) + \\u0027'\n"
"""
