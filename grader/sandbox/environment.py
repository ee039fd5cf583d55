"""The environment of a process that runs students' code: clean, and the same everywhere.

In: the course's own variables. Out: all the variables there are.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.portable.variables import system_variables


def clean_environment(course: Mapping[str, str]) -> dict[str, str]:
    """The whole environment: nothing of the caller's but what its platform cannot do without."""
    # The last is that of Apple's library.
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {
        **dict.fromkeys((*threads, "VECLIB_MAXIMUM_THREADS"), "1"),
        # Huge pages for the heap: a fork copies page tables, and has a third fewer to copy.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TOKENIZERS_PARALLELISM": "false",
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        # `torch.compile` would call a compiler, which no child may: compiled code runs as written.
        "TORCHDYNAMO_DISABLE": "1",
        **system_variables(),
        **course,
    }
