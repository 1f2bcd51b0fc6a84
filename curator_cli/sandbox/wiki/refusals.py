"""What the wiki refuses for the words that it holds: abuse filters and the list of spam links.

The filters are those of the captures: they look for a word in a file's name, or in an edit.
"""

from curator_cli.sandbox.settings import Account
from curator_cli.sandbox.wiki.errors import ApiError, Json
from curator_cli.sandbox.wiki.state import Wiki
from curator_cli.sandbox.wiki.titles import Title

HARMFUL_NAME = "AFDISALLOW"
"""Refused at the stash and at publishing."""

HARMFUL_WHEN_PUBLISHED = "AFUPLOAD"
"""Passes the stash, as most filters let it: a wiki's filter says which actions it looks at."""

DOUBTFUL_NAME = "AFWARN"
"""Refused the first time; the same request again passes."""

HARMFUL_EDIT = "AFDISALLOWEDIT"
SPAM_HOST = "spam-example.test"

_BY_NAME = {"id": "1", "description": "lab: disallow upload by name", "actions": ["disallow"]}
_DOUBTED = {"id": "2", "description": "lab: warn on upload by name", "actions": ["warn"]}
_BY_EDIT = {"id": "3", "description": "lab: disallow edit by content", "actions": ["disallow"]}


def refuse_stashing(name: str) -> None:
    """Capture abusefilter-disallowed-on-stash."""
    if HARMFUL_NAME in name:
        raise _disallowed(_BY_NAME)


def refuse_publishing(wiki: Wiki, user: Account, title: Title) -> None:
    """Captures abusefilter-disallowed-on-commit, abusefilter-warning-on-commit and
    -second-try; the name AFTAG is only tagged (abusefilter-tag), which no answer shows."""
    if HARMFUL_NAME in title.text or HARMFUL_WHEN_PUBLISHED in title.text:
        description = str(_BY_NAME["description"])
        failed = {
            "message": "abusefilter-disallowed",
            "params": [description, _BY_NAME["id"]],
            "code": "abusefilter-disallowed",
            "type": "error",
        }
        raise _disallowed(_BY_NAME, {"stasherrors": [failed]})
    if DOUBTFUL_NAME in title.text and (user.id, title.full) not in wiki.doubted:
        wiki.doubted.add((user.id, title.full))
        # The wiki of the captures has no text for this message.
        words = "⧼abusefilter-warning-custom⧽"
        raise ApiError("abusefilter-warning", words, extra={"abusefilter": _DOUBTED})


def refuse_edit(text: str) -> None:
    """Captures edit-abusefilter, edit-spamblacklist."""
    if HARMFUL_EDIT in text:
        raise _disallowed(_BY_EDIT)
    refuse_spam(text)


def refuse_spam(text: str) -> None:
    """Captures spamblacklist-on-commit, edit-spamblacklist."""
    if SPAM_HOST in text:
        raise ApiError(
            "spamblacklist",
            "The text you wanted to publish was blocked by the spam filter. This is probably "
            "caused by a link to a forbidden external site. The following text is what triggered "
            f"our spam filter: {SPAM_HOST}",
            extra={"spamblacklist": {"matches": [SPAM_HOST]}},
        )


def _disallowed(rule: Json, extra: Json | None = None) -> ApiError:
    return ApiError(
        "abusefilter-disallowed",
        "This action has been automatically identified as harmful, and therefore disallowed. If "
        "you believe your action was constructive, please inform an administrator of what you "
        "were trying to do. A brief description of the abuse rule which your action matched is: "
        f"{rule['description']}",
        extra={"abusefilter": rule, **(extra or {})},
    )
