"""Runs jobs where they can do no harm: ``run(Job) -> Observation`` is the seam.

In: jobs. Out: observations. ``WarmSandbox`` runs them in children of a warm process,
``WarmPool`` keeps several;
``FakeSandbox`` stands in for it in tests. Anything that has ``run`` can take their place.
"""

from grader.sandbox.fake import FakeSandbox
from grader.sandbox.pool import WarmPool
from grader.sandbox.seam import Runner, SandboxError
from grader.sandbox.warm import WarmSandbox

__all__ = ["FakeSandbox", "Runner", "SandboxError", "WarmPool", "WarmSandbox"]
