"""A coordinator of its own, to be killed. In: a scheduler's address, and how long its jobs take.
Out: a line when its jobs are with the workers."""

from __future__ import annotations

import sys
import threading
import time

from cluster_helpers import busy

from grader.cluster import open_cluster
from grader.course.location import cache_home


def main(address: str, seconds: float) -> None:
    with open_cluster(address, cache_home(), print) as cluster:
        for _ in range(cluster.slots):
            with cluster.open_runner() as runner:
                threading.Thread(target=runner.run, args=(busy(seconds),), daemon=True).start()
        while sum(bench.taken for bench in cluster.roster.seats._benches.values()) < cluster.slots:
            time.sleep(0.02)
        print("given", flush=True)
        time.sleep(120)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
