"""Lets honest code use several processes where it can name nothing outside its scratch folder.

In: the libraries as imported. Out: the same ones, changed in this process and its forks.

``multiprocessing`` makes its locks and shared arrays as files in /dev/shm, and torch passes the
tensors of ``DataLoader`` workers through /dev/shm and a socket with a path. The sandbox has
neither: files there outlive a process and are for all users to meet, and a process that may
connect to a path may connect to any. So locks lie in anonymous memory that forks share, shared
arrays are files in the scratch folder, tensors travel in the pipe, by value, and ``datasets`` maps
its shards in turn.

What stays refused: ``spawn`` and ``forkserver``, ``Manager``, named ``SharedMemory``, and
``Tensor.share_memory_``.
"""

from __future__ import annotations

import importlib
import mmap
import multiprocessing
import multiprocessing.heap
import multiprocessing.synchronize
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from multiprocessing.reduction import ForkingPickler
from types import ModuleType, SimpleNamespace
from typing import Any

from grader.worker.containment import syscalls

_KEPT: list[mmap.mmap] = []


def share_without_names() -> None:
    """Changes ``multiprocessing``; ``multiprocess`` and ``torch`` too where they are imported."""
    multiprocessing.set_start_method("fork", force=True)
    _put_locks_in_memory(multiprocessing.synchronize, "_multiprocessing")
    _put_arrays_in_scratch(multiprocessing.heap)
    if "multiprocess" in sys.modules:  # the copy of multiprocessing that datasets uses
        _put_locks_in_memory(importlib.import_module("multiprocess.synchronize"), "_multiprocess")
        _put_arrays_in_scratch(importlib.import_module("multiprocess.heap"))
    if "datasets" in sys.modules:
        _map_in_turn(sys.modules)
    if "torch" in sys.modules:
        _send_tensors_by_value(sys.modules["torch"])


def _put_locks_in_memory(synchronize: ModuleType, native: str) -> None:
    try:
        original = importlib.import_module(native).SemLock
    except ImportError:
        original = importlib.import_module("_multiprocessing").SemLock

    def lock(kind: int, value: int, maximum: int, name: str, unlink_now: bool) -> Any:
        if not unlink_now:  # to be found by its name: spawn and forkserver
            return original(kind, value, maximum, name, unlink_now)
        # A page for each lock, for as long as the process lives: the lock holds a bare address.
        memory = mmap.mmap(-1, mmap.PAGESIZE)
        _KEPT.append(memory)
        address = syscalls.make_semaphore(memory, value)
        return original._rebuild(address, kind, maximum, None)

    synchronize._multiprocessing = SimpleNamespace(SemLock=lock)  # type: ignore[attr-defined]


def _put_arrays_in_scratch(heap: Any) -> None:
    heap.Arena._dir_candidates = []  # leaves the folder for temporary files


def _map_in_turn(modules: Mapping[str, Any]) -> None:
    """``Dataset.map(num_proc=2)`` collects from its workers through a ``Manager``. Here the shards
    are worked off one after the other, with the same result; the workers wait and end."""
    for name, module in list(modules.items()):
        if name.startswith("datasets.") and hasattr(module, "iflatmap_unordered"):
            module.iflatmap_unordered = _flat_map


def _flat_map(
    pool: object, work: Callable[..., Iterable[Any]], *, kwargs_iterable: Iterable[dict[str, Any]]
) -> Iterator[Any]:
    for arguments in kwargs_iterable:
        yield from work(**arguments)


def _send_tensors_by_value(torch: Any) -> None:
    ForkingPickler.register(torch.UntypedStorage, _reduce_storage)
    # Workers collate into shared memory, to save a copy. There is none to share here.
    torch.UntypedStorage._new_using_fd_cpu = classmethod(lambda kind, size: kind(size))


def _reduce_storage(storage: Any) -> tuple[Any, tuple[bytes]]:
    return rebuild_storage, (_as_bytes_tensor(storage).numpy().tobytes(),)


def rebuild_storage(data: bytes) -> Any:
    """A torch storage with these bytes, on the far side of the pipe.

    In memory of torch's own, aligned as ever: what is computed with it then has the same bits as
    with a tensor that never travelled.
    """
    torch = sys.modules["torch"]
    storage = torch.UntypedStorage(len(data))
    if data:
        source = torch.frombuffer(bytearray(data), dtype=torch.uint8)
        _as_bytes_tensor(storage).copy_(source)
    return storage


def _as_bytes_tensor(storage: Any) -> Any:
    torch = sys.modules["torch"]
    return torch.tensor([], dtype=torch.uint8).set_(storage)
