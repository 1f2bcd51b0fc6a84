"""The steps of one upload in their order, and what follows when one of them fails."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from curator_core.domain.breaker import Evidence
from curator_core.domain.catalogue import (
    LOG_IN,
    OPERATOR_FIRST,
    OTHER_TITLE,
    SESSION_EXPIRED,
)
from curator_core.domain.errors import TokenUnreadable
from curator_core.domain.fault import FaultKind
from curator_core.domain.ids import SealedToken, Sha1, UploadId
from curator_core.domain.outcome import Failure
from curator_core.domain.policy import Policy
from curator_core.domain.retry import Step
from curator_core.domain.summary import edit_summary
from curator_core.domain.title import IllegalTitle, Title
from curator_core.domain.upload import UploadStatus
from curator_core.domain.user import AccessToken
from curator_core.ports.clock import Heartbeat
from curator_core.ports.publisher import Published
from curator_core.ports.sources import Source, Sources
from curator_core.ports.token_vault import TokenVault
from curator_core.ports.wiki import Wiki, Wikis
from curator_core.use_cases.diary import open_diary
from curator_core.use_cases.merge_statements import Knowledge
from curator_core.use_cases.persistence import Exhausted, Persistence
from curator_core.use_cases.process_upload.attempt import Attempt, Stopped
from curator_core.use_cases.process_upload.bring_to_wiki import BringToWiki, Parked
from curator_core.use_cases.process_upload.claiming import Claiming
from curator_core.use_cases.process_upload.describe import Describe
from curator_core.use_cases.process_upload.ending import Ending
from curator_core.use_cases.process_upload.in_doubt import with_doubt
from curator_core.use_cases.process_upload.prepare import Prepare
from curator_core.use_cases.process_upload.settling import Duplicates
from curator_core.use_cases.reconcile_duplicate import ReconcileDuplicate


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessUpload:
    """- Claim, prepare, download, look for duplicates, stash, publish, describe: in this order,
      each step only where an earlier attempt has not done it already.
    - Whatever is known to be done is stored before the next step begins.
    - A publish step that was begun before is settled before anything is repeated.
    - Bytes that the wiki has already are not sent again: the file that holds them gets what its
      structured data lacks of ours.
    - What a step could not do, the retry table decides: fail, or back to the queue.
    """

    claim: Claiming
    prepare: Prepare
    bring_to_wiki: BringToWiki
    describe: Describe
    reconcile: ReconcileDuplicate
    ending: Ending
    vault: TokenVault
    wikis: Wikis
    sources: Sources
    heartbeat: Heartbeat
    persistence: Persistence
    policy: Policy

    def start(self, upload_id: UploadId) -> Attempt | None:
        """Claims the upload; None where there is nothing to do. Raises `ServiceDown`."""
        return self.claim(upload_id)

    def carry_out(self, attempt: Attempt) -> None:
        """Brings the attempt to its end. Raises `LeaseLost` where somebody else took over, and
        `ServiceDown` where one of our own services is away: the lease covers both."""
        with (
            open_diary(attempt.diary),
            self.heartbeat.during(attempt.renew, self.policy.lease / 3),
        ):
            try:
                self._steps(attempt)
            except Exhausted as exhausted:
                self.ending.gave_up(attempt, exhausted, self._token(attempt))
            except Stopped as stopped:
                attempt.come_to(stopped.stop)
            except TokenUnreadable:
                self.ending.token_unreadable(attempt)
            except Parked as parked:
                self.ending.parked(attempt, parked.delay, is_behind=parked.is_behind)

    def surprised(self, attempt: Attempt, surprise: Exception) -> None:
        """Fails the upload for what nobody foresaw, with the exception's type and message."""
        told = self._without_token(attempt, f"{type(surprise).__name__}: {surprise}")
        failure = Failure(
            message=f"Something unforeseen happened: {told}",
            code=FaultKind.UNFORESEEN.value,
            hint=OPERATOR_FIRST,
            retryable=True,
        )
        _fail(attempt, failure)

    def _steps(self, attempt: Attempt) -> None:
        # Somebody may have asked for another ending while it waited.
        attempt.advanced()
        source = self.sources.named(attempt.upload.handler)
        if source is None:
            told = f"Curator knows no source called {attempt.upload.handler!r}."
            return _fail(attempt, _failed("unknown_source", told, OPERATOR_FIRST))
        try:
            title = Title.of(attempt.upload.filename)
        except IllegalTitle as illegal:
            return _fail(attempt, _failed("illegal_title", str(illegal), OTHER_TITLE))
        if attempt.upload.sealed_token is None:
            # Erased by an older release, or never there: waiting would not bring it back.
            return _fail(attempt, _failed("no_token", SESSION_EXPIRED, LOG_IN))
        wiki = self.wikis.session(attempt.upload.user_id, self._token(attempt))
        self._with_source(attempt, source, title, wiki)
        return None

    def _with_source(self, attempt: Attempt, source: Source, title: Title, wiki: Wiki) -> None:
        # Neither a source that lost the picture nor anything else changes what the wiki holds.
        self.bring_to_wiki.settle_first(attempt, wiki, title)
        if (held_back := attempt.is_held_back()) is not None:
            raise Exhausted.at_once(Step.DESCRIBE, held_back)
        checkpoint = attempt.checkpoint
        is_published = checkpoint.published_title is not None
        # A parked upload's title was looked at before; a copy that took a stash over has its own.
        is_looked_at = checkpoint.assembled and attempt.upload.retry_of is None
        if not is_published and not is_looked_at:
            blacklisted = self.prepare.blacklisted(wiki, title)
            if blacklisted is not None:
                return _fail(attempt, blacklisted)
        material = self.prepare.material(source, attempt.upload)
        attempt.advanced()
        summary = edit_summary(material.credit, attempt.upload.batch_id, attempt.edit_group_id)
        knowledge = Knowledge(
            statements=material.statements, captions=attempt.upload.captions, summary=summary
        )
        is_new = False
        if is_published:
            self._alone_with_these_bytes(attempt, checkpoint.sha1)
        else:
            verdict = self.bring_to_wiki(attempt, wiki, title, material, summary)
            if isinstance(verdict, Duplicates):
                return self._reconcile(attempt, wiki, verdict, knowledge)
            if not isinstance(verdict, Published):
                return self.ending.not_published(attempt, verdict)
            attempt.published(verdict.title, verdict.url)
            # What was found there others may have described, another upload of ours too.
            is_new = not verdict.found and checkpoint.publish_begun is None
            if (held_back := attempt.is_held_back()) is not None:
                raise Exhausted.at_once(Step.DESCRIBE, held_back)
            if verdict.found:
                # An earlier attempt published it, whose right to the bytes has run out.
                self._alone_with_these_bytes(attempt, verdict.sha1)
        done = attempt.checkpoint
        described = Title.as_told(done.published_title or title.text)
        if self.describe(attempt, wiki, described, knowledge, is_new=is_new):
            attempt.proved(Evidence.STORED, Evidence.PUBLISHED)
        return attempt.complete(done.published_url or "")

    def _reconcile(
        self, attempt: Attempt, wiki: Wiki, found: Duplicates, knowledge: Knowledge
    ) -> None:
        try:
            self._alone_with_these_bytes(attempt, found.files[0].sha1)
            reconciled = self.reconcile(wiki, found.files, knowledge, attempt.make_sure)
        except Exhausted as exhausted:
            final = self.ending.put_back_or_final(attempt, exhausted, self._token(attempt))
            if final is None:
                return
            reconciled = self.reconcile.given_up(found.files, final)
        if reconciled.status is UploadStatus.DUPLICATE_UPDATED:
            attempt.proved(Evidence.STORED, Evidence.PUBLISHED)
        self.ending.reconciled(attempt, reconciled)

    def _alone_with_these_bytes(self, attempt: Attempt, sha1: Sha1 | None) -> None:
        # Two that add to one file at once would add the same twice: Wikibase puts statements
        # without ids beside each other.
        if sha1 is not None:
            self.persistence.attempt(Step.PUBLISH, lambda: attempt.hold_bytes(sha1))

    def _token(self, attempt: Attempt) -> AccessToken:
        """Raises `TokenUnreadable`."""
        return self.vault.open(attempt.upload.sealed_token or SealedToken(""))

    def _without_token(self, attempt: Attempt, told: str) -> str:
        # Nobody knows what a library puts into its exceptions.
        sealed = attempt.upload.sealed_token
        if sealed is None:
            return told
        secrets = [str(sealed)]
        with suppress(TokenUnreadable):
            token = self.vault.open(sealed)
            secrets += [token.secret, token.key]
        for secret in secrets:
            told = told.replace(secret, "…")
        return told


def _fail(attempt: Attempt, failure: Failure) -> None:
    attempt.fail(with_doubt(attempt.upload, failure, settled=not attempt.is_in_doubt))


def _failed(code: str, message: str, hint: str) -> Failure:
    return Failure(message=message, code=code, hint=hint, retryable=True)
