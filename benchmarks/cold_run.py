"""One submission in this very process: what a grader without a warm process does.

In: jobs on standard input, one JSON line each. Out: the number of cases that ran, on standard
output. The same cases, fixtures, probes and encoding as in the sandbox, without its containment.
"""

from __future__ import annotations

import os
import sys
import tempfile


def main() -> None:
    """Imports everything afresh, then runs every case of every job."""
    import torch

    torch.set_num_threads(1)
    from grader.worker.cases import run_case
    from grader.worker.jobs import load_job
    from grader.worker.load import load_module

    count = 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TMPDIR"] = folder
        os.chdir(folder)
        for line in sys.stdin.buffer:
            job = load_job(line)
            probes = load_module(job.probes, "probe.py", "probe")
            module = load_module(job.source, job.file)
            for call in job.calls:
                for case in call.cases:
                    run_case(module, probes, None, call, case, job.file)
                    count += 1
        os.chdir("/")
    print(count)


if __name__ == "__main__":
    main()
