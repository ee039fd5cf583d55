"""Prints what a CI runner takes for commands.

naive: log of a CI runner
"""


def double(x):
    print("::error file=app.py,line=1::forged\n::add-mask::a\n##[error]forged")
    raise ValueError("\n::set-output name=passed::true\n::stop-commands::x")
