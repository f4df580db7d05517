"""The asking: many questions at once, within limits, every reply into the journal, and on from there the next time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.probe.journal import Journal, Reply
from pgt_dsl.probe.models import LONGEST, AgainError, Model, NoAnswerError
from pgt_dsl.probe.question import Question

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter
    from tenacity import RetryCallState

AT_ONCE = 8
SILENT = 3  # rounds of questions given up, with no reply between them: then nobody is there


@dataclass(frozen=True, slots=True)
class Limits:
    """``at_once``: questions that wait for a reply. ``per_minute``: requests at most. ``requests``, ``tokens``: what
    may be spent, over all runs with one journal. ``tries``: of a question in this run. ``wait``: seconds before a
    request is made again, at first; they double, up to ``longest``, and are drawn below that."""

    at_once: int = AT_ONCE
    per_minute: float | None = None
    requests: int | None = None
    tokens: int | None = None
    tries: int = 8
    wait: float = 0.5
    longest: float = 60.0


@dataclass
class Outcome:
    """``there``: replies that the journal had; ``replies``: new ones. ``requests`` and ``tokens`` (prompt, reply): of
    this run. ``given_up``: questions without a reply, with the reason. ``stopped``: why the asking ended before its
    time, "" when it did not."""

    there: int = 0
    replies: int = 0
    requests: int = 0
    tokens: tuple[int, int] = (0, 0)
    given_up: dict[str, str] = field(default_factory=dict)
    stopped: str = ""


Told = Callable[[Outcome], None]


def probe(
    questions: Iterable[Question], model: Model, journal: Journal, limits: Limits, told: Told | None = None
) -> Outcome:
    """Ask a model all questions whose replies the (open) journal lacks. ``told`` hears of each that is done.

    Every reply is in the journal before ``told`` hears of it. Raises ``PgtError`` when questions cannot be read;
    everything else that goes wrong is in the outcome, after the questions under way have been waited for. After Ctrl-C
    they are not; at most ``at_once`` questions are then asked again the next time.
    """
    return probe_in_rounds([questions], model, journal, limits, told)


def probe_in_rounds(
    rounds: Iterable[Iterable[Question]], model: Model, journal: Journal, limits: Limits, told: Told | None = None
) -> Outcome:
    """As ``probe``, with questions in rounds: the next one is fetched when all replies of the last are in the journal.
    It is not when some of them were given up."""
    work = _Asking(rounds, model, journal, limits, told).run()
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return _beside(work)


def _beside(work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """Run it in a thread of its own: that of a notebook has an event loop, which cannot be waited for from within."""
    started: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any] | None]] = []

    async def watched() -> Outcome:
        started.append((asyncio.get_running_loop(), asyncio.current_task()))
        return await work

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(asyncio.run, watched())
        try:
            return future.result()
        except KeyboardInterrupt:
            for loop, task in started:
                if task is not None:
                    loop.call_soon_threadsafe(task.cancel)
            raise


class _Asking:
    """One run."""

    def __init__(
        self, rounds: Iterable[Iterable[Question]], model: Model, journal: Journal, limits: Limits, told: Told | None
    ) -> None:
        self.model, self.journal, self.limits = model, journal, limits
        self.told = told
        self.found = Outcome()
        self._rounds = rounds
        self._questions: Iterator[Question] = iter(())
        self._at_once = min(limits.at_once, model.at_once or limits.at_once)
        self._room = LONGEST + 16 * int(model.settings.get("max_tokens", 0))
        self._limiter: AsyncLimiter | None = None
        self._silent = 0
        self._spent = sum(reply.tries for reply in journal.replies.values())
        self._used = sum(sum(reply.tokens or ()) for reply in journal.replies.values())

    async def run(self) -> Outcome:
        if self.limits.per_minute is not None:
            from aiolimiter import AsyncLimiter

            self._limiter = AsyncLimiter(1, 60 / self.limits.per_minute)
        try:
            for questions in self._rounds:
                self._questions = self._open(questions)
                await asyncio.gather(*(self._ask_on() for _ in range(self._at_once)))
                if self.found.stopped or self.found.given_up:
                    break
        finally:
            await self.model.close()
        return self.found

    def _open(self, questions: Iterable[Question]) -> Iterator[Question]:
        """The questions that have no reply."""
        for question in questions:
            if question.key in self.journal.replies:
                self.found.there += 1
            else:
                yield question

    async def _ask_on(self) -> None:
        """Ask one question after the other, until there is none or the asking is stopped."""
        while not self.found.stopped:
            question = next(self._questions, None)
            if question is None:
                return
            try:
                self.journal.reserve(self._at_once * self._room)
                reply = await self._reply(question)
                self.journal.add(question.key, reply)
            except (AgainError, NoAnswerError) as error:
                self._give_up(question, error)
            except PgtError as error:
                self.found.stopped = self.found.stopped or str(error)
                return
            else:
                self._silent = 0
                self.found.replies += 1
                prompt, said = reply.tokens or (0, 0)
                self.found.tokens = self.found.tokens[0] + prompt, self.found.tokens[1] + said
                self._used += prompt + said
            if self.told is not None:
                self.told(self.found)

    async def _reply(self, question: Question) -> Reply:
        """The reply of one question, asked again where that may help."""
        from dataclasses import replace

        from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt

        tries = 0
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(AgainError), stop=stop_after_attempt(self.limits.tries), wait=self._wait,
            reraise=True,
        ):  # fmt: skip
            with attempt:
                tries += 1
                await self._allowed()
                reply = await self.model.reply(question)
        return replace(reply, tries=tries)

    async def _allowed(self) -> None:
        """Wait for the rate. Raises ``PgtError`` when the budget is spent."""
        if self._limiter is not None:
            await self._limiter.acquire()
        limits = self.limits
        if limits.requests is not None and self._spent >= limits.requests:
            raise PgtError(f"{self._spent:,} requests are spent, as many as were allowed")
        if limits.tokens is not None and self._used >= limits.tokens:
            raise PgtError(f"{self._used:,} tokens are spent, and {limits.tokens:,} were allowed")
        self._spent += 1
        self.found.requests += 1

    def _wait(self, state: RetryCallState) -> float:
        """Seconds until the request is made again: what the server asks for, or a draw from a doubling span."""
        from tenacity import wait_random_exponential

        error = state.outcome.exception() if state.outcome is not None else None
        drawn = wait_random_exponential(multiplier=self.limits.wait, max=self.limits.longest)(state)
        return max(error.wait or 0.0, drawn) if isinstance(error, AgainError) else drawn

    def _give_up(self, question: Question, error: Exception) -> None:
        self.found.given_up[question.key] = str(error)
        if isinstance(error, NoAnswerError):
            return
        self._silent += 1
        if self._silent >= SILENT * self._at_once:
            self.found.stopped = self.found.stopped or f"no reply to {self._silent} questions in a row: {error}"
