"""What a sandbox can be told: where it lives, who its users are, what it forbids."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from curator_cli.sandbox.mapillary.sequences import Sequence, default_sequences

# Rights of a registered, an autoconfirmed, a bot and an administrator's account, as far as
# uploading is concerned (captures userinfo-newbie, userinfo-uploader, userinfo-bot).
_USER_RIGHTS = (
    "read", "edit", "createpage", "createtalk", "item-term", "property-term", "mediainfo-term",
    "upload", "reupload-own", "reupload-shared", "minoredit", "applychangetags",
)  # fmt: skip
_AUTOCONFIRMED_RIGHTS = (*_USER_RIGHTS, "autoconfirmed", "editsemiprotected", "reupload")
_BOT_RIGHTS = ("bot", "noratelimit", "apihighlimits", *_AUTOCONFIRMED_RIGHTS)
_ADMIN_RIGHTS = ("block", "delete", "protect", "noratelimit", "tboverride", *_AUTOCONFIRMED_RIGHTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can log in to the sandbox."""

    id: int
    name: str
    edit_count: int
    groups: tuple[str, ...]
    rights: tuple[str, ...]
    registered: str = "20190314150926"

    @property
    def is_newbie(self) -> bool:
        return "autoconfirmed" not in self.rights

    @property
    def is_exempt_from_limits(self) -> bool:
        return "noratelimit" in self.rights


def default_accounts() -> tuple[Account, ...]:
    """The accounts of a sandbox that was told nothing else."""
    autoconfirmed = ("*", "user", "autoconfirmed")
    return (
        Account(id=1, name="Sandbox admin", edit_count=48_213,
                groups=("sysop", *autoconfirmed), rights=_ADMIN_RIGHTS),
        Account(id=4, name="Sandbox photographer", edit_count=1_200,
                groups=autoconfirmed, rights=_AUTOCONFIRMED_RIGHTS),
        Account(id=5, name="Sandbox bot", edit_count=250_000,
                groups=("bot", *autoconfirmed), rights=_BOT_RIGHTS),
        Account(id=6, name="Second photographer", edit_count=430,
                groups=autoconfirmed, rights=_AUTOCONFIRMED_RIGHTS),
        Account(id=9, name="Newbie", edit_count=3,
                groups=("*", "user"), rights=_USER_RIGHTS, registered="20261120080000"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BlacklistEntry:
    """A line of the title blacklist: `pattern` must match a whole title to forbid it.

    `line` is the entry as the wiki quotes it; `message` is the code of the refusal (captures
    titleblacklist-check, titleblacklist-on-commit).
    """

    pattern: str
    line: str
    message: str = "titleblacklist-forbidden-edit"
    is_case_sensitive: bool = False


_GENERIC_NAMES = r"File:(?:DSC|IMG|PICT|DCP)[ _-]?\d+\.\w+"
DEFAULT_BLACKLIST = (
    BlacklistEntry(
        pattern=r".*BLACKLISTEDWORD.*",
        line=".*BLACKLISTEDWORD.* <casesensitive>",
        is_case_sensitive=True,
    ),
    BlacklistEntry(
        pattern=_GENERIC_NAMES,
        line=f"{_GENERIC_NAMES} <reupload|errmsg=titleblacklist-custom-filename>",
        message="titleblacklist-custom-filename",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxSettings:
    """Everything a sandbox is made of.

    - `data_dir`: holds uploaded bytes while the sandbox runs, in a folder `sandbox-bytes` that
      is emptied at its start; nothing else is written.
    - `base_url`: scheme, host and port under which clients reach it, without a final slash.
    - `publish_seconds`: how long publishing a file takes from its checks to its answer.
    - `job_seconds`: how long a file takes to be assembled, or published, in the background.
    - `uploads_per_minute`: pace of the photographers; their edits and purges may be twice that.
    - `stash_life`: how long a stashed file can be published (48 h on Commons).
    """

    data_dir: Path
    base_url: str = ""
    publish_seconds: float = 0.15
    job_seconds: float = 1.0
    accounts: tuple[Account, ...] = field(default_factory=default_accounts)
    uploads_per_minute: int = 60
    consumer_key: str = "curator-sandbox-consumer"
    consumer_secret: str = field(default="curator-sandbox-consumer-secret-on-loopback", repr=False)
    consumer_name: str = "Curator"
    stash_life: timedelta = timedelta(hours=6)
    max_upload_size: int = 5_368_709_120
    min_chunk_size: int = 1_024
    max_body_size: int = 104_857_600
    blacklist: tuple[BlacklistEntry, ...] = DEFAULT_BLACKLIST
    sequences: tuple[Sequence, ...] = field(default_factory=default_sequences)
