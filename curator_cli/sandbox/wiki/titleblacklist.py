"""`action=titleblacklist`: may a page of this name be made?"""

import html

from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.errors import ApiError, Json
from curator_cli.sandbox.wiki.permissions import blacklist_reason, blacklisting
from curator_cli.sandbox.wiki.titles import parse_title


async def titleblacklist(call: Call) -> Json:
    """Captures titleblacklist-check, titleblacklist-check-ok."""
    text = call.parameters.required("tbtitle")
    title = parse_title(text)
    if title is None:
        raise ApiError("invalidtitle", f'Bad title "{text}".')
    entry = blacklisting(call.wiki, title)
    is_exempt = call.user is not None and "tboverride" in call.user.rights
    if entry is None or (is_exempt and not call.parameters.flag("tbnooverride")):
        return {"titleblacklist": {"result": "ok"}}
    return {
        "titleblacklist": {
            "result": "blacklisted",
            "reason": blacklist_reason(entry, title, is_escaped=True),
            "message": entry.message,
            "line": html.escape(entry.line, quote=False),
        }
    }
