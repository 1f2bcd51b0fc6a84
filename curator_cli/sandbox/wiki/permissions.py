"""Whether a user may put something under a title."""

import html
import re

from curator_cli.sandbox.settings import Account, BlacklistEntry
from curator_cli.sandbox.wiki.errors import ApiError
from curator_cli.sandbox.wiki.state import Wiki
from curator_cli.sandbox.wiki.titles import Title


def blacklisting(wiki: Wiki, title: Title) -> BlacklistEntry | None:
    """The first entry of the title blacklist that forbids `title`."""
    for entry in wiki.settings.blacklist:
        flags = 0 if entry.is_case_sensitive else re.IGNORECASE
        if re.fullmatch(entry.pattern, title.full, flags):
            return entry
    return None


def blacklist_reason(entry: BlacklistEntry, title: Title, *, is_escaped: bool) -> str:
    """The sentence with which the wiki refuses a blacklisted title."""
    line = html.escape(entry.line, quote=False) if is_escaped else entry.line
    if entry.message == "titleblacklist-custom-filename":
        return (
            f'The filename "{title.full}" is too generic: it is on the local title blacklist '
            f"({line}). Please choose a descriptive name."
        )
    return (
        f'The title "{title.full}" has been banned from creation. It matches the following '
        f'disallowed titles list entry: "{line}"'
    )


def check_can_upload(wiki: Wiki, user: Account | None) -> Account:
    """Returns the user, or raises why they may upload nothing at all."""
    if user is None:
        raise ApiError("mustbeloggedin", "You must be logged in to upload this file.")
    if "upload" not in user.rights:
        raise ApiError(
            "permissiondenied",
            "The action you have requested is limited to users in one of the groups: "
            "[[Commons:Users|Users]], [[Commons:Autoconfirmed users|Autoconfirmed users]], "
            "[[Commons:Administrators|Administrators]].",
        )
    check_not_blocked(wiki, user)
    return user


def check_not_blocked(wiki: Wiki, user: Account) -> None:
    """Raises the block of a blocked user (capture blocked-upload)."""
    block = wiki.block_of(user)
    if block:
        raise ApiError(
            "blocked",
            "Your username or IP address has been blocked. The block was made by "
            "[[User:Sandbox admin|Sandbox admin]]. The reason given is sandbox block.",
            extra={"blockinfo": block},
        )


def title_problem(wiki: Wiki, title: Title, user: Account) -> ApiError | None:
    """What forbids publishing a file under `title`, if anything does."""
    entry = blacklisting(wiki, title)
    page = wiki.page(title)
    if is_protected(wiki, title, user):
        return protected()
    if entry and not (page and page.file) and "tboverride" not in user.rights:
        if entry.message == "titleblacklist-custom-filename":
            # The wiki of the captures has no text for this message.
            return ApiError(entry.message, "⧼titleblacklist-custom-filename⧽")
        return ApiError(entry.message, blacklist_reason(entry, title, is_escaped=False))
    if page and page.file and not _may_replace(user, page.versions[0].user):
        return ApiError(
            "fileexists-forbidden",
            "A file with this name already exists, and cannot be overwritten. If you still want "
            "to upload your file, please go back and use a new name. "
            f"[[File:{title.key}|thumb|center|{title.key}]]",
        )
    return None


def is_protected(wiki: Wiki, title: Title, user: Account) -> bool:
    """Whether only administrators may change, or make, this page."""
    return title.full in wiki.switches.protected and "protect" not in user.rights


def protected() -> ApiError:
    """Captures protectedpage-on-commit, protectedtitle-on-commit."""
    return ApiError(
        "protectedpage", "This page has been protected to prevent editing or other actions."
    )


def _may_replace(user: Account, first_uploader: str) -> bool:
    return "reupload" in user.rights or (
        "reupload-own" in user.rights and user.name == first_uploader
    )
