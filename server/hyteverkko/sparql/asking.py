"""The way of one client to an answer: through the gate, within fair use, by a cell."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from starlette.requests import Request

from hyteverkko.errors import BadRequest
from hyteverkko.presence import while_present
from hyteverkko.sparql.fairuse import FairUse
from hyteverkko.sparql.gate import admit
from hyteverkko.sparql.prefixes import explained
from hyteverkko.store.admission import Client
from hyteverkko.store.frames import Question
from hyteverkko.store.spool import Answer
from hyteverkko.turns import Turns

LONG: Final = 4096
"""Characters of a query from which on it takes milliseconds to be read by a gate in Python."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One request's way; ``gate`` has one place, ``check`` raises what a question is refused for.

    While the gate reads a long query nobody else is answered: so who sends many waits in turn.
    """

    request: Request
    fair: FairUse
    gate: Turns
    check: Callable[[Question], None]
    cells: Callable[[Question, Client], Awaitable[Answer]]

    async def admit(self, text: str) -> bool:
        """Let the gate read a query; say whether its answer stays the same within a release."""
        if len(text) < LONG:
            return admit(text)
        client = self.fair.address(self.request)
        await self.gate.take(client, self.request.receive)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            return admit(text)
        finally:
            # For as long as this has taken, others are answered.
            loop.call_later(loop.time() - began, self.gate.give_back, client)

    async def answer(self, question: Question) -> Answer:
        """Have a question answered that the gate has admitted."""
        self.check(question)
        with self.fair.turn(self.request) as client, while_present(self.request.receive):
            try:
                return await self.cells(question, client)
            except BadRequest as error:
                if len(question.text) >= LONG:
                    raise
                raise explained(error, question.text) from None


AskFor: TypeAlias = Callable[[Request], Asking]
"""Gives the way of the client of a request."""
