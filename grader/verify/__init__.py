"""Proves the checks in both directions.

In: an assignment and runners. Out: a ``Proof`` for every function, with each complaint in words.
"""

from grader.verify.calibrate import LEAST_RATIO, Margin, margins, noise, unheard
from grader.verify.noise import ENVIRONMENTS, noisy_jobs
from grader.verify.prove import Proof, every_job, verify
from grader.verify.seeds import caught_by, prove_under

__all__ = [
    "ENVIRONMENTS",
    "LEAST_RATIO",
    "Margin",
    "Proof",
    "caught_by",
    "every_job",
    "margins",
    "noise",
    "noisy_jobs",
    "prove_under",
    "unheard",
    "verify",
]
