"""Makes the stashed file a file of the wiki, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from curator_core.domain.breaker import Evidence
from curator_core.domain.checkpoint import Checkpoint
from curator_core.domain.doubts import warned_of
from curator_core.domain.errors import Faulted, IllegalStep
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import FileKey
from curator_core.domain.outcome import Failure, FileLink
from curator_core.domain.pace import Pace
from curator_core.domain.retry import Step, Then, rule_for
from curator_core.domain.title import Title
from curator_core.ports.files import Standing
from curator_core.ports.publisher import Pending, Published, Warned
from curator_core.ports.wiki import Wiki
from curator_core.use_cases.persistence import Exhausted, Persistence
from curator_core.use_cases.process_upload.attempt import Attempt
from curator_core.use_cases.process_upload.in_doubt import SAYS_NO
from curator_core.use_cases.process_upload.material import Goal
from curator_core.use_cases.process_upload.polling import Polling
from curator_core.use_cases.process_upload.settling import Duplicates, NameTaken, settled

Verdict = Published | Duplicates | NameTaken | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """- The right to the bytes and the user's turn are held while publishing; who stood still
      since taking them makes sure first.
    - No warning is ignored: the wiki is the last judge of duplicates.
    - A lost or doubtful answer is settled by asking the wiki before anything is repeated, and not
      while it still works on the request.
    - What the wiki publishes in the background is waited for.
    - A name that the wiki only spells otherwise is taken as it spells it, once.
    - What was published has our SHA-1 and size, or that is said loudly.
    """

    persistence: Persistence
    polling: Polling

    def __call__(
        self, attempt: Attempt, wiki: Wiki, goal: Goal, standing: Standing, pace: Pace
    ) -> Verdict:
        """Publishes the assembled file of the checkpoint; `standing` is how the wiki stood when
        it did not hold it, `pace` what the user keeps. Raises `Exhausted`, with `STASH_GONE` where
        the stash was lost."""
        key = _whole(attempt.checkpoint)

        def publish() -> Published | Warned | Duplicates | NameTaken:
            attempt.may_publish(goal.sha1, standing.wiki_time, pace)
            answer = self._asked(attempt, wiki, goal, key)
            # A warning costs of the limits what a file costs.
            attempt.proved(Evidence.STORED, Evidence.PUBLISHED)
            if not isinstance(answer, Pending):
                return answer
            # mypy joins the two to `object`.
            return cast(Published | Warned, self.polling.until_done(attempt, Step.POLL, outcome))

        def outcome() -> Published | Warned | None:
            answer = wiki.publisher.outcome(goal.title, key)
            return None if isinstance(answer, Pending) else answer

        def settle() -> Published | Duplicates | NameTaken | None:
            return self.settle(attempt, wiki, goal)

        answer = self.persistence.attempt(Step.PUBLISH, publish, settle=settle)
        match answer:
            case Published():
                return _compared(answer, goal)
            case Warned():
                return self._warned(attempt, wiki, goal, standing, pace, answer)
            case _:
                return answer

    def _asked(
        self, attempt: Attempt, wiki: Wiki, goal: Goal, key: FileKey
    ) -> Published | Warned | Pending:
        attempt.make_sure()
        try:
            answer = wiki.publisher.publish(goal.title, key, goal.wikitext, goal.summary, goal.size)
        except Faulted as faulted:
            if faulted.fault.no_effect or not rule_for(Step.PUBLISH, faulted.fault.kind).settle:
                attempt.was_refused()
            raise
        if isinstance(answer, Warned):
            attempt.was_refused()
        return answer

    def settle(
        self, attempt: Attempt, wiki: Wiki, goal: Goal
    ) -> Published | Duplicates | NameTaken | None:
        """One look at the wiki, and what it means for our file. Raises `Faulted`, with
        `STILL_PUBLISHING` while the wiki works on an earlier request: no look shows that."""
        _refuse_while_at_work(attempt, wiki, goal)
        return self.judge(attempt, goal, wiki.files.look(goal.sha1, goal.title))

    def judge(
        self, attempt: Attempt, goal: Goal, standing: Standing
    ) -> Published | Duplicates | NameTaken | None:
        """What a look at the wiki means for our file."""
        return settled(
            standing,
            title=goal.title,
            sha1=goal.sha1,
            username=attempt.username,
            since=attempt.checkpoint.publish_begun,
        )

    def _warned(
        self,
        attempt: Attempt,
        wiki: Wiki,
        goal: Goal,
        standing: Standing,
        pace: Pace,
        warned: Warned,
    ) -> Verdict:
        if warned.duplicates or warned.no_change or warned.exists is not None:
            found = self.persistence.attempt(Step.REQUEST, lambda: self.settle(attempt, wiki, goal))
            return found or _unexplained(warned)
        respelled = _respelled(warned, goal)
        if respelled is not None:
            # The remaining warnings come again, of the right name. An attempt that goes on from
            # here is told the same again, unless it finds the file.
            return self(attempt, wiki, respelled, standing, pace)
        misnamed = [("badfilename", warned.respelled)] if warned.respelled is not None else []
        return warned_of([*misnamed, *warned.others])


def _whole(checkpoint: Checkpoint) -> FileKey:
    # MediaWiki publishes a half-sent file as a truncated one and says Success.
    if not checkpoint.assembled or checkpoint.file_key is None:
        raise IllegalStep("only a whole file is published")
    return checkpoint.file_key


def _refuse_while_at_work(attempt: Attempt, wiki: Wiki, goal: Goal) -> None:
    key = attempt.checkpoint.file_key
    if key is None or not wiki.publisher.in_background(goal.size):
        return
    try:
        answer = wiki.publisher.outcome(goal.title, key)
    except Faulted as faulted:
        if rule_for(Step.POLL, faulted.fault.kind).then is Then.START_OVER:
            # It knows of no request, or of one that came to nothing.
            return
        if faulted.fault.kind in SAYS_NO:
            # That is its ending: asked again, a filter that only warned would let it pass.
            raise Exhausted.at_once(Step.POLL, faulted.fault) from None
        raise
    if isinstance(answer, Pending):
        raise Faulted(Fault(kind=FaultKind.STILL_PUBLISHING))


def _compared(published: Published, goal: Goal) -> Published | Failure:
    if (published.sha1, published.size) == (goal.sha1, goal.size):
        return published
    return Failure(
        message=f"The wiki published {published.size} bytes with the SHA-1 {published.sha1}, but "
        f"{goal.size} bytes with the SHA-1 {goal.sha1} were sent. Please look at {published.url}.",
        links=(FileLink(title=f"File:{published.title}", url=published.url),),
        code="published_other_bytes",
        hint="Look at the file on the wiki, and tell the operator of this server.",
    )


def _respelled(warned: Warned, goal: Goal) -> Goal | None:
    told = warned.respelled
    if told is None or goal.is_respelled or not goal.title.is_spelled(told):
        return None
    title = Title.as_told(told)
    return replace(goal, title=title, is_respelled=True) if title != goal.title else None


def _names(warned: Warned) -> Iterator[str]:
    """The wiki's own names of what it warned of, among what is there."""
    if warned.duplicates:
        yield "duplicate"
    if warned.exists is not None:
        yield "exists"
    if warned.no_change:
        yield "nochange"


def _unexplained(warned: Warned) -> Failure:
    names = ", ".join(warned.duplicates) or warned.exists or "a file"
    return Failure(
        message=f"The wiki says that {names} holds this picture or has its name, but shows no "
        "such file.",
        code="doubtful_warning",
        raw_code=", ".join(_names(warned)),
        hint="Retry the upload later.",
        retryable=True,
    )
