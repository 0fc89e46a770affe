"""Callers that wait at the same moment share one round trip."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

I = TypeVar("I")  # noqa: E741 - what goes in
O = TypeVar("O")  # noqa: E741 - what comes out


class Batcher(Generic[I, O]):
    """Gathers single calls while one batch is under way, then sends the next; a batch's fault is every caller's fault."""

    def __init__(self, send: Callable[[Sequence[I]], Awaitable[Sequence[O]]]) -> None:
        self._send = send
        self._waiting: list[tuple[I, asyncio.Future[O]]] = []
        self._sending: asyncio.Task[None] | None = None

    async def __call__(self, value: I) -> O:
        """What the batch answers for this value."""
        done: asyncio.Future[O] = asyncio.get_running_loop().create_future()
        self._waiting.append((value, done))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._drain())
        return await done

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                answers = await self._send([value for value, _ in batch])
            except Exception as fault:  # noqa: BLE001 - handed to the callers, not swallowed
                for _, done in batch:
                    if not done.done():
                        done.set_exception(fault)
                continue
            for (_, done), answer in zip(batch, answers, strict=True):
                if not done.done():
                    done.set_result(answer)
