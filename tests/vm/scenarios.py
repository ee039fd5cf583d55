"""Who the grader is in a machine, in which control group, and which layers must then hold.

In: nothing. Out: ``SCENARIOS``, for the machine, which plays them, and for the page about them.
"""

from __future__ import annotations

from dataclasses import dataclass

ALWAYS = ("rlimits", "no new privileges", "landlock", "seccomp")
GROUPS = ("cgroup memory", "cgroup pids")
NAMESPACES, PARTLY = "namespaces", "namespaces (all but the user's)"
USER = "distinct user"


@dataclass(frozen=True, slots=True)
class Scenario:
    """``group`` is where the grader is started: in the ``root`` of all groups, ``alone`` in one, in
    one that is ``shared`` with another process, in the one that a ``container`` sees as the root,
    in one ``delegated`` to it as systemd's ``Delegate=yes`` does, or in one that is ``not
    delegated``. ``advice`` maps a layer that does not hold to what the doctor must say of it."""

    name: str
    title: str
    root: bool
    group: str
    holds: tuple[str, ...]
    user_namespaces: bool = True
    advice: tuple[tuple[str, str], ...] = ()


_DELEGATE = "systemd-run --scope -p Delegate=yes grader"
_DELEGATE_USER = "systemd-run --user --scope -p Delegate=yes grader"
_SYSCTL = "sudo sysctl -w user.max_user_namespaces="

SCENARIOS = (
    Scenario(
        name="root",
        title="root, in the root of all groups",
        root=True,
        group="root",
        holds=(*ALWAYS, USER, NAMESPACES, *GROUPS),
    ),
    Scenario(
        name="root-alone",
        title="root, alone in a group: steps aside",
        root=True,
        group="alone",
        holds=(*ALWAYS, USER, NAMESPACES, *GROUPS),
    ),
    Scenario(
        name="root-shared",
        title="root, in a group with another process (a login session)",
        root=True,
        group="shared",
        holds=(*ALWAYS, USER, NAMESPACES),
        advice=tuple((layer, _DELEGATE) for layer in GROUPS),
    ),
    Scenario(
        name="root-container",
        title="root, alone in a control group namespace (a container's)",
        root=True,
        group="container",
        holds=(*ALWAYS, USER, NAMESPACES, *GROUPS),
    ),
    Scenario(
        name="root-no-user-namespaces",
        title="root, user namespaces forbidden",
        root=True,
        group="root",
        holds=(*ALWAYS, USER, PARTLY, *GROUPS),
        user_namespaces=False,
    ),
    Scenario(
        name="user-delegated",
        title="ordinary user, in a group delegated to it",
        root=False,
        group="delegated",
        holds=(*ALWAYS, NAMESPACES, *GROUPS),
        advice=((USER, "start the grader as root"),),
    ),
    Scenario(
        name="user",
        title="ordinary user, in a group not delegated to it",
        root=False,
        group="not delegated",
        holds=(*ALWAYS, NAMESPACES),
        advice=tuple((layer, _DELEGATE_USER) for layer in GROUPS),
    ),
    Scenario(
        name="user-no-user-namespaces",
        title="ordinary user, delegated group, user namespaces forbidden",
        root=False,
        group="delegated",
        holds=(*ALWAYS, *GROUPS),
        user_namespaces=False,
        advice=((NAMESPACES, _SYSCTL),),
    ),
)
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}

# The tests of containment that run in the machine as they are, by whom.
TESTS = (
    *("test_containment.py", "test_containment_kernel.py", "test_containment_filter.py"),
    *("test_containment_rooms.py", "test_containment_sockets.py", "test_containment_lifetime.py"),
    *("test_containment_honest.py", "test_refusals.py"),
)
