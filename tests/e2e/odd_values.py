"""Things that a function may return, as expressions of a tensor `x`, where `x * 2` is wanted.

In: nothing. Out: text. ``HOSTILE`` defines the classes they speak of.
"""

HOSTILE = '''
class Hostile:
    """Says yes to everything, and fails when it is looked at."""

    def _no(self, *_, **__):
        raise RuntimeError("do not look at me")

    __repr__ = __str__ = __len__ = __iter__ = __bool__ = __float__ = __index__ = _no
    __getattr__ = __reduce__ = __reduce_ex__ = __array__ = __hash__ = __format__ = _no

    def __eq__(self, other):
        return True

    @property
    def __class__(self):
        return torch.Tensor


class Meta(type):
    def __instancecheck__(cls, other):
        return True

    def __repr__(cls):
        raise RuntimeError("nor at my class")

    def __getattribute__(cls, name):
        raise RuntimeError("nor at my class")


class HostileList(list):
    def __iter__(self):
        raise RuntimeError("no")

    def __len__(self):
        return 1 << 60


class HostileDict(dict):
    def __iter__(self):
        while True:
            yield "again"

    def __len__(self):
        return -1


class Greedy(torch.Tensor):
    """Answers every question about it with yes."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True


class Raising(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        raise RuntimeError("no")


class Text(str):
    def __str__(self):
        raise RuntimeError("no")

    __repr__ = encode = __eq__ = __str__
    __hash__ = str.__hash__


class Number(float):
    def __float__(self):
        return 2.0

    __eq__ = __le__ = __lt__ = lambda self, other: True
    __hash__ = float.__hash__
'''
WRONG_VALUES = {
    "generator": "(n for n in x)",
    "module": "torch",
    "lambda": "lambda: x * 2",
    "class": "Hostile",
    "class-with-meta": "Meta('M', (), {})",
    "instance-with-meta": "Meta('M', (), {})()",
    "hostile": "Hostile()",
    "list-of-hostile": "[Hostile(), Hostile()]",
    "hostile-list": "HostileList([1, 2])",
    "hostile-dict": "HostileDict(a=1)",
    "hostile-text": "Text('2')",
    "hostile-number": "Number(7.0)",
    "mock": "__import__('unittest.mock').mock.MagicMock()",
    "itself": "(lambda a: (a.append(a), a)[1])([])",
    "deep": "__import__('functools').reduce(lambda a, _: [a], range(99999), 1)",
    "wide": "[[n] for n in range(99999)]",
    "object-array": "np.array([Hostile, {}, None], dtype=object)",
    "array-in-itself": "(lambda a: (a.__setitem__(0, a), a)[1])(np.empty(2, dtype=object))",
    "structured-array": "np.zeros(3, dtype=[('a', 'i4'), ('b', 'O')])",
    "dates": "np.array(['2020-01-01'], dtype='datetime64[D]')",
    "sparse": "(x * 3).to_sparse()",
    "complex": "x * 2j",
    "meta": "torch.empty(3, device='meta')",
    "quantized": "torch.quantize_per_tensor(x.float() * 3, 0.1, 0, torch.quint8)",
    "odd-keys": "{1: x, (2, 3): x, None: x, Hostile: x, float('nan'): x, b'k': x}",
    "nan": "x * float('nan')",
    "infinity": "x / 0",
    "none": "None",
    "ellipsis": "...",
    "bytes": "b'\\xff'",
    "surrogates": "'\\udc80' * 9",
    "huge-number": "10 ** 100000",
    "number-beyond-floats": "10 ** 400",
    "two-million-numbers": "[0.5] * 2_000_000",
    "17-axes": "x.reshape((1,) * 16 + (3,))",
    "truth-values-of-2": "(x.new_full((3,), 2, dtype=torch.uint8)).view(torch.bool)",
    "wide-half": "torch.zeros(20 << 20, dtype=torch.float16)",
    "exception": "ValueError(x)",
    "open-file": "open('f', 'w')",
    "type": "torch.Tensor",
    "parameter-less-model": "torch.nn.Linear(2, 2)",
    "greedy-tensor": "(x * 3).as_subclass(Greedy)",
    "raising-tensor": "(x * 3).as_subclass(Raising)",
    "2-gb-tensor": "torch.empty(2 << 30, dtype=torch.uint8)",
    "pretends-2-tb": "torch.zeros(1).expand(1 << 39)",
    "empty-tensor": "x[:0]",
    "one-number": "torch.tensor(2.0)",
}
# Odd, and right: what the handout leaves open costs nothing.
RIGHT_VALUES = {
    "subclass": "(x * 2).as_subclass(Greedy)",
    "raising-subclass": "(x * 2).as_subclass(Raising)",
    "parameter": "torch.nn.Parameter(x * 2)",
    "with-a-graph": "x.requires_grad_() * 2",
    "other-float": "x.double() * 2",
    "view": "(x * 2).flip(0).flip(0)",
}
