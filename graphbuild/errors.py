"""What graphbuild raises on purpose.

Every error that a user can cause is a :class:`GraphbuildError` whose message says what is wrong,
where, and what to try. The command line shows the message alone and exits with 1.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "CorrectionsError",
    "GraphFolderError",
    "GraphbuildError",
    "InputError",
    "NotConverged",
    "UnknownAuthor",
    "UnknownPaper",
]


class GraphbuildError(Exception):
    """Base of everything that graphbuild raises on purpose."""


class InputError(GraphbuildError):
    """Faults of whole input files, collected so that a user sees all of them at once.

    >>> print(InputError(["a.txt: no such file", "b.txt: is empty"]))
    2 inputs cannot be read:
      a.txt: no such file
      b.txt: is empty
    """

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(self._message())

    def _message(self) -> str:
        if len(self.faults) == 1:
            return self.faults[0]
        listed = "".join(f"\n  {fault}" for fault in self.faults)
        return f"{len(self.faults)} inputs cannot be read:{listed}"


class CorrectionsError(InputError):
    """Faults of a file of corrections, each with its line, all at once."""

    def _message(self) -> str:
        if len(self.faults) == 1:
            return self.faults[0]
        listed = "".join(f"\n  {fault}" for fault in self.faults)
        return f"{len(self.faults)} corrections cannot be applied:{listed}"


class GraphFolderError(GraphbuildError):
    """A folder that holds no graph, half of one, or something that must not be overwritten."""


class UnknownPaper(GraphbuildError):
    """An id or title that no mention in the graph carries."""


class UnknownAuthor(GraphbuildError):
    """An id or name that no author in the graph has."""


class NotConverged(GraphbuildError):
    """An iterative analysis that did not reach its tolerance within its iterations."""
