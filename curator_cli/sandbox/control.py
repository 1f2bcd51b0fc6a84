"""`/sandbox/…`: figures for demonstrations, and levers for tests. No login: loopback only."""

import json
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from curator_cli.sandbox.mapillary.sequences import Photograph
from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki.clock import iso
from curator_cli.sandbox.wiki.figures import Figures
from curator_cli.sandbox.wiki.oauth import OAuthAuthority
from curator_cli.sandbox.wiki.pages import Page
from curator_cli.sandbox.wiki.passages import Fault, Passages
from curator_cli.sandbox.wiki.random_faults import RandomFaults
from curator_cli.sandbox.wiki.state import Wiki
from curator_cli.sandbox.wiki.titles import parse_title

_LONG_TO_HASH = 40_000_000


class Control:
    """The sandbox's own addresses.

    - `GET requests`: how many API requests, by action, by title, by error; and how many bytes:
      of chunks that came whole, by title; of all bodies, broken off ones too; and of what was
      no file in whole ones.
    - `GET files`: every file with versions, text, statements and captions.
    - `GET sequences`: the sequences with id, SHA-1 and size of each photograph (`?name=` for one
      sequence; else without the SHA-1s of those that take seconds to compute).
    - `POST reset`: figures and faults begin anew; files and tokens stay.
    - `POST settings` `{lag, read_only, uploads_enabled, blocked: [name], protected: [title],
      job_seconds}`: any of them.
    - `POST limits` `{account, limits: {action: {group: [hits, seconds]}}, keep}`: what everybody
      used of their budgets is forgotten, unless `keep` is true.
    - `POST tokens` `{account, without: [right]}`: an access token without the handshake, which
      grants all rights but those named: `{key, secret}`.
    - `POST tokens/revoke` `{account}`; `POST tokens/expire`: all CSRF tokens turn bad.
    - `POST stash/expire` `{key?}`; `POST stash/lose-sessions`.
    - `POST jobs/lose`: what is done in the background is dropped, what came of it forgotten.
    - `POST delete` `{title}`: as if an administrator had deleted the page.
    - `POST faults` with the fields of `Fault`: what goes wrong next. With `{seed, rate, kinds}`:
      faults by chance, see `RandomFaults`; `GET faults` tells how many of each kind struck.
      `DELETE faults`: nothing goes wrong any more.
    """

    def __init__(
        self, wiki: Wiki, authority: OAuthAuthority, figures: Figures, passages: Passages
    ) -> None:
        self._wiki = wiki
        self._authority = authority
        self._figures = figures
        self._passages = passages
        self._chance: RandomFaults | None = None

    def routes(self) -> list[BaseRoute]:
        post = ["POST"]
        return [
            Route("/requests", self._requests),
            Route("/files", self._files),
            Route("/sequences", self._sequences),
            Route("/reset", self._reset, methods=post),
            Route("/settings", self._settings, methods=post),
            Route("/limits", self._limits, methods=post),
            Route("/tokens", self._token, methods=post),
            Route("/tokens/revoke", self._revoke, methods=post),
            Route("/tokens/expire", self._expire_tokens, methods=post),
            Route("/stash/expire", self._expire_stash, methods=post),
            Route("/stash/lose-sessions", self._lose_sessions, methods=post),
            Route("/jobs/lose", self._lose_jobs, methods=post),
            Route("/delete", self._delete, methods=post),
            Route("/faults", self._faults, methods=["GET", "POST", "DELETE"]),
        ]

    async def _requests(self, _request: Request) -> Response:
        return JSONResponse(self._figures.as_json())

    async def _files(self, _request: Request) -> Response:
        return JSONResponse([self._described(page) for page in self._wiki.files()])

    # Not a coroutine, so that the SHA-1s are computed in a thread of their own.
    def _sequences(self, request: Request) -> Response:
        name = request.query_params.get("name")
        return JSONResponse(
            [
                {
                    "name": sequence.name,
                    "id": sequence.id,
                    "images": [
                        _photograph(one, with_sha1=name is not None) for one in sequence.photographs
                    ],
                }
                for sequence in self._wiki.settings.sequences
                if name in (None, sequence.name)
            ]
        )

    def _described(self, page: Page) -> dict[str, Any]:
        file, latest = page.file, page.latest
        assert file is not None
        return {
            "title": page.title.full,
            "sha1": file.blob.sha1,
            "size": file.blob.size,
            "user": file.user,
            "uploaded": iso(page.versions[0].timestamp),
            "page_url": self._wiki.addresses.page(page.title),
            "file_url": self._wiki.addresses.image(page.title),
            "revisions": [
                {
                    "sha1": version.blob.sha1,
                    "size": version.blob.size,
                    "user": version.user,
                    "timestamp": iso(version.timestamp),
                    "comment": version.comment,
                }
                for version in page.versions
            ],
            "wikitext": latest.text,
            "statements": latest.entity.statements if latest.entity else {},
            "captions": {
                language: term["value"]
                for language, term in (latest.entity.labels if latest.entity else {}).items()
            },
            "purged": iso(page.purged) if page.purged else None,
            "edits": [
                {"user": one.user, "timestamp": iso(one.timestamp), "comment": one.comment}
                for one in page.revisions
            ],
        }

    async def _reset(self, _request: Request) -> Response:
        self._figures.reset()
        self._passages.clear()
        return Response(status_code=204)

    async def _settings(self, request: Request) -> Response:
        asked, switches = await _body(request), self._wiki.switches
        switches.job_seconds = float(asked.get("job_seconds", switches.job_seconds))
        switches.lag = float(asked.get("lag", switches.lag))
        switches.read_only = str(asked.get("read_only", switches.read_only))
        switches.uploads_enabled = bool(asked.get("uploads_enabled", switches.uploads_enabled))
        switches.protected = set(asked.get("protected", switches.protected))
        switches.blocked = set(asked.get("blocked", switches.blocked))
        return Response(status_code=204)

    async def _limits(self, request: Request) -> Response:
        asked = await _body(request)
        account = self._account(asked)
        if account is None:
            return _no_account()
        limits = {
            action: {group: (int(hits), int(seconds)) for group, (hits, seconds) in groups.items()}
            for action, groups in asked.get("limits", {}).items()
        }
        if limits:
            self._wiki.limits.override(account, limits)
        if not asked.get("keep", False):
            self._wiki.limits.forget()
        return Response(status_code=204)

    async def _token(self, request: Request) -> Response:
        asked = await _body(request)
        account = self._account(asked)
        if account is None:
            return _no_account()
        granted = tuple(each for each in account.rights if each not in asked.get("without", ()))
        token = self._authority.grant(replace(account, rights=granted))
        return JSONResponse({"key": token.key, "secret": token.secret})

    async def _revoke(self, request: Request) -> Response:
        account = self._account(await _body(request))
        if account is None:
            return _no_account()
        return JSONResponse({"revoked": self._authority.revoke(account)})

    async def _expire_tokens(self, _request: Request) -> Response:
        self._wiki.switches.token_salt += 1
        return Response(status_code=204)

    async def _expire_stash(self, request: Request) -> Response:
        key = (await _body(request)).get("key")
        return JSONResponse({"expired": self._wiki.stash.expire(key)})

    async def _lose_sessions(self, _request: Request) -> Response:
        self._wiki.stash.lose_sessions()
        return Response(status_code=204)

    async def _lose_jobs(self, _request: Request) -> Response:
        self._wiki.jobs.lose()
        return Response(status_code=204)

    async def _delete(self, request: Request) -> Response:
        title = parse_title(str((await _body(request)).get("title", "")))
        if title is None or not self._wiki.delete(title):
            return PlainTextResponse("There is no such page.", 404)
        return Response(status_code=204)

    async def _faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._passages.clear()
            return Response(status_code=204)
        if request.method == "GET":
            return JSONResponse(self._chance.fired if self._chance else {})
        asked = await _body(request)
        try:
            if "seed" in asked:
                self._passages.chance = self._chance = RandomFaults(**asked)
            else:
                self._passages.add(Fault(**asked))
        except (TypeError, ValueError) as error:
            return PlainTextResponse(f"That is no fault: {error}", 400)
        return Response(status_code=204)

    def _account(self, asked: dict[str, Any]) -> Account | None:
        return self._wiki.accounts.get(str(asked.get("account", "")))


def _photograph(one: Photograph, *, with_sha1: bool) -> dict[str, Any]:
    told = {"id": one.id, "size": one.file.size}
    if with_sha1 or one.file.size < _LONG_TO_HASH:
        told["sha1"] = one.file.sha1
    return told


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    try:
        body = json.loads(raw or b"{}")
    except json.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _no_account() -> Response:
    return PlainTextResponse("There is no such account.", 404)
