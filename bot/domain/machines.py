"""State machines on `transitions`: the one module that knows the library.

A machine is built once, at start, and shared by all threads: no model is ever registered with it, no automatic
transitions, no callbacks. A turn costs one event trigger.
"""

from collections.abc import Iterable
from typing import NamedTuple

from transitions import Machine

__all__ = ["Edge", "Machine", "build_machine", "follow"]


class Edge(NamedTuple):
    """`event` leads from `source` to `target`."""

    event: str
    source: str
    target: str


class _Position:
    """The smallest thing a machine can move: it has a state and nothing else."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def build_machine(states: Iterable[str], edges: Iterable[Edge]) -> Machine:
    """A machine of `states` and `edges`, safe to share between threads."""
    machine = Machine(
        model=None, states=[str(state) for state in states], auto_transitions=False, queued=False, initial=None
    )
    for edge in edges:
        machine.add_transition(edge.event, str(edge.source), str(edge.target))
    return machine


def follow(machine: Machine, state: str, event: str) -> str | None:
    """The state after `event`, or None when `event` does not lead anywhere from `state`."""
    known = machine.events.get(event)
    if known is None or str(state) not in known.transitions:
        return None
    position = _Position(str(state))
    known.trigger(position)
    return position.state
