"""The topic that attacks hand in work for. Hidden inputs are numbers that are found again."""

from grader.spec.declare import task
from grader.spec.fixtures import tensor
from grader.spec.rules import same

POINTS = 6

double = task("double", wall=2.0)
double.case("small", public=True, x=tensor(values=[1.0, 2.0, 3.0]))


@double.cases
def drawn(rng):
    yield {"x": tensor(values=[rng.randrange(40_000, 400_000) / 4 for _ in range(3)])}


double.check("every value is doubled", same(), points=4, hint="Think of twice.")
double.mistake("You square the tensor.", "x * 2", "x * x")
double.mistake("You return the tensor as it came.", "x * 2", "x")

ones = task("ones", wall=2.0)
ones.case("two by two", public=True, n=2)
ones.case("one by one", n=1)
ones.check("it is square", same(dims="row column"), points=2)
ones.mistake("You return zeros.", "torch.ones", "torch.zeros")
ones.mistake("You return one row.", "torch.ones(n, n)", "torch.ones(n)")
