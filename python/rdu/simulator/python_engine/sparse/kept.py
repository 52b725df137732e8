"""What stays of a stream some of whose rows are dropped, where that shows only inside of a row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rdu.simulator.python_engine.tokens import Stop


@dataclass(frozen=True, slots=True)
class Kept:
    """The tokens of rows that are known to stay, and are not sent yet.

    A firing pops a token and sends the oldest one that is late. In front of a stop of the rows'
    level, what is late is sent by firings that pop nothing. So a stream in which nothing is dropped
    takes a firing a token, and one more where several rows lie in a fiber of the level above: the
    stop between two of them is sent when the second is known to stay, and all that follows is one
    late.

    Attributes:
        late: what is to be sent, oldest first.
        lead: of a row that is not known to stay, what has been popped: `N`s, and stops of fibers
            inside of it that hold nothing.
        stays: whether the row is known to stay.
        due: whether a row that stays has ended, so that a stop comes in front of the next one.
    """

    late: tuple[Any, ...] = ()
    lead: tuple[Any, ...] = ()
    stays: bool = False
    due: bool = False

    def take(self, token: Any, stop: Stop, *, tells: bool) -> Kept:
        """Return what is kept with a token of a row; `tells` whether the row stays for it.

        `stop` is what stands between two rows.
        """
        if self.stays:
            return replace(self, late=(*self.late, token))
        if not tells:
            return replace(self, lead=(*self.lead, token))
        opened = self.open(stop)
        return replace(opened, late=(*opened.late, *self.lead, token), lead=())

    def open(self, stop: Stop) -> Kept:
        """Return what is kept when the next row is known to stay, without tokens of it."""
        between = (stop,) if self.due else ()
        return replace(self, late=(*self.late, *between), stays=True, due=False)

    def end(self) -> Kept:
        """Return what is kept behind the end of a row."""
        return replace(self, lead=(), stays=False, due=self.due or self.stays)

    def close(self) -> Kept:
        """Return what is kept behind the end of a fiber of rows, whose stop ends the last row."""
        return replace(self, lead=(), stays=False, due=False)

    def sent(self) -> Kept:
        """Return what is kept when the oldest token is sent, if one is late."""
        return replace(self, late=self.late[1:])
