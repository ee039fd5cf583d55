"""What code does with resources and processes of its own, honest or not, for the tests of
containment. See ``containment_attempts``."""

from __future__ import annotations

import asyncio
import contextlib
import json
import mmap
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from containment_attempts import address, call, read

from grader.worker import containment

# ---- resources


def allocate(size: int) -> int:
    with mmap.mmap(-1, size) as memory:
        return len(memory)


def write_file(size: int) -> int:
    with open("large", "wb") as file:
        file.truncate(size)
        return Path("large").stat().st_size


def open_many(count: int) -> int:
    return len([os.open("/dev/null", os.O_RDONLY) for _ in range(count)])


def spin(seconds: float) -> bool:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return True


def fork_many(count: int) -> int:
    """Children that wait; how many there could be."""
    made: list[int] = []
    with contextlib.suppress(BlockingIOError):
        while len(made) < count:
            made.append(_wait_in_fork())
    return len(made)


def _wait_in_fork() -> int:
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    return pid


def limits() -> dict[str, list[int]]:
    names = ("AS", "CPU", "FSIZE", "NPROC", "NOFILE", "CORE")
    return {name: list(resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))) for name in names}


# ---- left behind


def leave_daemons(count: int) -> int:
    """Orphans in sessions of their own that ignore what can be ignored."""
    for _ in range(count):
        middle = os.fork()
        if middle == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                    signal.signal(number, signal.SIG_IGN)
                time.sleep(60)
            os._exit(0)
        os.waitpid(middle, 0)
    return count


def leave_fork_bomb() -> bool:
    """Processes that double for ever, each leaving its parent."""
    if os.fork() == 0:
        while True:
            with contextlib.suppress(OSError):
                if os.fork() == 0:
                    os.setsid()
    return True


def leave_runners(count: int) -> bool:
    """Processes that fork and end at once, so that their pids are stale when read."""
    for _ in range(count):
        if os.fork() == 0:
            while True:
                with contextlib.suppress(OSError):
                    if os.fork() > 0:
                        os._exit(0)
    return True


def sweep_inside(count: int) -> list[int]:
    """A function's fork leaves daemons; the sweep of the process above, behind the sandbox."""
    containment.become_subreaper()
    pid = os.fork()
    if pid == 0:
        leave_daemons(count)
        os._exit(0)
    os.waitpid(pid, 0)
    ended = containment.sweep()
    return [ended, containment.sweep()]


def shared_segment() -> int:
    return call("shmget", 0x6772, 4096, 0o1600)


def free_segment(number: int) -> bool:
    call("shmctl", number, 0, 0)
    return True


def message_queue() -> bool:
    path = address(b"grader-test")
    os.close(call("mq_open", path, os.O_CREAT | os.O_RDWR, 0o600, 0))
    call("mq_unlink", path)
    return True


# ---- honest programs


def count_in_processes() -> list[Any]:
    """Locks, shared values, queues, pools: all that ``multiprocessing`` offers by fork."""
    total = multiprocessing.Value("i", 0)
    queue: Any = multiprocessing.Queue()

    def work(number: int) -> None:
        for _ in range(200):
            with total.get_lock():
                total.value += 1
        queue.put(number)

    workers = [multiprocessing.Process(target=work, args=(n,)) for n in range(3)]
    for worker in workers:
        worker.start()
    arrived = sorted(queue.get(timeout=20) for _ in workers)
    for worker in workers:
        worker.join()
    with multiprocessing.Pool(2) as pool:
        mapped = pool.map(abs, [-1, -2])
    with ProcessPoolExecutor(2) as executor:
        also = list(executor.map(abs, [-3]))
    semaphore = multiprocessing.BoundedSemaphore(1)
    semaphore.acquire()
    waited = semaphore.acquire(timeout=0.01)
    return [total.value, arrived, mapped, also, waited]


def start_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else done.stderr


def use_asyncio() -> str:
    async def both() -> str:
        await asyncio.sleep(0)
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-S", "-c", "print(5)"], stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        return out.decode().strip()

    return asyncio.run(both())


def machine_facts() -> list[Any]:
    return [os.cpu_count(), "MemTotal" in read("/proc/meminfo")]


def train_and_load(model_seed: int) -> dict[str, Any]:
    """A forward and backward pass, workers that load, a figure, a saved model: a student's work."""
    import torch

    loader = torch.utils.data.DataLoader(_rows(), batch_size=4, num_workers=2)
    batches = [batch["input_ids"].sum().item() for batch in loader]
    weights = _gradient(model_seed)
    torch.save(weights, "weights.pt")
    again = torch.load("weights.pt")
    return {
        "batches": batches,
        "gradient": weights.sum().item().hex(),
        "same": torch.equal(weights, again),
        "figure": _figure(),
        "started": start_python("import json; print(json.dumps(1))"),
    }


def _rows() -> list[Any]:
    import torch

    generator = torch.Generator().manual_seed(0)
    return [{"input_ids": torch.randint(0, 50, (8,), generator=generator)} for _ in range(16)]


def _gradient(seed: int) -> Any:
    import torch
    from transformers import DistilBertConfig, DistilBertModel

    torch.manual_seed(seed)
    config = DistilBertConfig(vocab_size=50, dim=16, hidden_dim=32, n_layers=2, n_heads=2)
    model = DistilBertModel(config)
    model(input_ids=torch.arange(16).view(2, 8)).last_hidden_state.square().mean().backward()
    return model.embeddings.word_embeddings.weight.grad


def _figure() -> bool:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([1, 2])
    axes.set_title("loss")
    figure.savefig("figure.png")
    plt.close(figure)
    return Path("figure.png").read_bytes()[1:4] == b"PNG"


def map_in_two_processes() -> list[int]:
    import datasets

    rows = datasets.Dataset.from_dict({"x": list(range(10))})
    return list(rows.map(lambda row: {"y": row["x"] * 2}, num_proc=2)["y"])


def echo(value: Any) -> Any:
    return json.loads(json.dumps(value))


def fill_scratch(size: int) -> int:
    """Writes ``size`` bytes, half of them in each of two files."""
    for name in ("one", "two"):
        with open(name, "wb") as file:
            file.write(b"x" * (size // 2))
    return sum(Path(name).stat().st_size for name in ("one", "two"))


def make_folders(count: int) -> int:
    for number in range(count):
        Path(f"folder-{number}").mkdir()
    return len(list(Path().iterdir()))


def allocate_in_processes(count: int, size: int) -> int:
    """Processes that touch ``size`` bytes each, and keep them until each has or is dead; how many
    lived through it."""
    (reading, writing), (waiting, go) = os.pipe(), os.pipe()
    os.set_blocking(reading, False)
    left, came = set[int](), 0
    for _ in range(count):
        pid = os.fork()
        if pid == 0:
            os.close(go)
            kept = bytearray(size)
            for at in range(0, size, mmap.PAGESIZE):
                kept[at] = 1
            os.write(writing, b"x")
            os.read(waiting, 1)  # until nobody holds the other end
            os._exit(0)
        left.add(pid)
    while came < len(left):
        time.sleep(0.01)
        with contextlib.suppress(BlockingIOError):
            came += len(os.read(reading, count))
        left -= {pid for pid in left if os.waitpid(pid, os.WNOHANG)[0]}
    os.close(go)
    return [os.waitpid(pid, 0)[1] for pid in left].count(0)


def sweeps_with_one_stroke() -> bool:
    """Whether a sweep here would kill all that it may signal."""
    from grader.worker.containment import state

    return state.signals_are_bounded()
