"""One call of the Action API on its way through the sandbox."""

from dataclasses import dataclass

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki.errors import ApiError
from curator_cli.sandbox.wiki.oauth import AccessToken
from curator_cli.sandbox.wiki.requests import Parameters
from curator_cli.sandbox.wiki.state import Wiki

_TITLE_PARAMETERS = ("filename", "tbtitle", "title", "titles")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request whose signature was good, or that carried none."""

    wiki: Wiki
    parameters: Parameters
    action: str
    was_posted: bool
    token: AccessToken | None = None
    csrf_token: str = "+\\"

    @property
    def user(self) -> Account | None:
        return self.token.account if self.token else None

    @property
    def kind(self) -> str:
        """The action, for uploads with what they do: `upload:chunk`, `upload:publish`, …"""
        return f"upload:{self._upload_kind}" if self.action == "upload" else self.action

    @property
    def titles(self) -> list[str]:
        """The titles this request names, as it wrote them."""
        ask = self.parameters
        for name in _TITLE_PARAMETERS:
            if ask.flag(name):
                return ask.many(name) if name == "titles" else [ask.get(name)]
        return []

    @property
    def _upload_kind(self) -> str:
        has = self.parameters.has
        if has("checkstatus"):
            return "checkstatus"
        if has("chunk"):
            return "chunk"
        if has("filekey") or has("sessionkey"):
            return "publish"
        return "stash" if has("stash") else "file"

    def logged_in(self, code: str = "permissiondenied") -> Account:
        """Returns the user; anonymous ones are refused."""
        if self.user is None:
            raise ApiError(code, "You must be logged in to do this.")
        return self.user
