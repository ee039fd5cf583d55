"""A made-up topic of two functions, the second of which may be built on the first."""

from grader.spec.declare import task
from grader.spec.fixtures import tensor
from grader.spec.rules import same

POINTS = 5

base = task("base", wall=1.0)
base.case("small", public=True, x=tensor(values=[1.0, 2.0]))
base.case("hidden", x=tensor(values=[5.0, -3.0, 8.0]))
base.check("one is added", same(), points=2)
base.mistake("You return the tensor as it came.", "x + 1", "x")
base.mistake("You take one away.", "x + 1", "x - 1")
base.mistake("You add two.", "x + 1", "x + 2")
base.mistake("You double it.", "x + 1", "x * 2")

total = task("total", needs=("base",), wall=1.0)
total.case("small", public=True, x=tensor(values=[1.0, 2.0]))
total.case("hidden", x=tensor(values=[5.0, -3.0, 8.0]))
total.check("it is the sum", same(), points=3)
total.mistake("You return the mean.", ".sum()", ".mean()")
total.mistake("You return the largest.", ".sum()", ".max()")
total.mistake("You leave out `base`.", "base(x).sum()", "x.sum()")
total.mistake("You sum before.", "base(x).sum()", "base(x.sum())")
