"""A made-up topic, small enough that a class of it is graded in seconds."""

from grader.spec.declare import task
from grader.spec.fixtures import tensor
from grader.spec.rules import same

POINTS = 6

double = task("double", wall=1.0)
double.case("small", public=True, x=tensor(values=[1.0, 2.0, 3.0]))


@double.cases
def drawn(rng):
    yield {"x": tensor(values=[rng.uniform(-9, 9) for _ in range(4)])}


double.check("every value is doubled CHECK-CANARY-7431", same(), points=4, hint="Think of twice.")
double.mistake("You add two. MISTAKE-CANARY-7431", "x * 2", "x + 2")
double.mistake("You square the tensor.", "x * 2", "x * x")
double.mistake("You return the tensor as it came.", "x * 2", "x")
double.mistake("You multiply by three.", "x * 2", "x * 3")

ones = task("ones", wall=1.0)
ones.case("two by two", public=True, n=2)
ones.case("one by one", n=1)
ones.case("five by five", n=5)
ones.check("it is square", same(dims="row column"), points=2)
ones.mistake("You return zeros.", "torch.ones", "torch.zeros")
ones.mistake("You return one row.", "torch.ones(n, n)", "torch.ones(n)")
ones.mistake("You return the identity.", "torch.ones(n, n)", "torch.eye(n) + (n == 1)")
ones.mistake("You return ones.", "torch.ones(n, n) / n", "torch.ones(n, n)")
