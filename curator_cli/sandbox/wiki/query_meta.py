"""`meta=` of `action=query`: tokens, the user, the wiki."""

from curator_cli.sandbox.wiki.call import Call
from curator_cli.sandbox.wiki.clock import iso, now
from curator_cli.sandbox.wiki.errors import Json
from curator_cli.sandbox.wiki.titles import ALLOWED_EXTENSIONS, NAMESPACES


def tokens(call: Call) -> Json:
    """Captures tokens-csrf, readonly-tokens; all kinds of token are one here."""
    kinds = call.parameters.many("type", "csrf")
    return {"tokens": {f"{kind}token": call.csrf_token for kind in kinds}}


def userinfo(call: Call) -> Json:
    """Captures userinfo-uploader, userinfo-newbie, userinfo-bot."""
    user, wanted = call.user, call.parameters.many("uiprop")
    if user is None:
        return {"userinfo": {"id": 0, "name": "127.0.0.1", "anon": True}}
    found: Json = {"id": user.id, "name": user.name}
    block = call.wiki.block_of(user)
    if "blockinfo" in wanted and block:
        found |= block
    if "groups" in wanted:
        found["groups"] = list(user.groups)
    if "rights" in wanted:
        found["rights"] = list(user.rights)
    if "editcount" in wanted:
        found["editcount"] = user.edit_count
    if "ratelimits" in wanted:
        found["ratelimits"] = call.wiki.limits.as_json(user)
    if "theoreticalratelimits" in wanted:
        limits = call.wiki.limits.as_json(user, theoretical=True)
        found["theoreticalratelimits"] = limits
    return {"userinfo": found}


def siteinfo(call: Call) -> Json:
    """Captures siteinfo, readonly-siteinfo, without what describes the capturing machine."""
    wanted = call.parameters.many("siprop", "general")
    found: Json = {}
    if "general" in wanted:
        found["general"] = _general(call)
    if "fileextensions" in wanted:
        found["fileextensions"] = [{"ext": extension} for extension in ALLOWED_EXTENSIONS]
    if "namespaces" in wanted:
        found["namespaces"] = {
            str(number): {"id": number, "case": "first-letter", "name": name, "canonical": name}
            for number, name in NAMESPACES.items()
        }
    if "dbrepllag" in wanted:
        found["dbrepllag"] = [{"host": "", "lag": call.wiki.switches.lag or -1}]
    return found


def _general(call: Call) -> Json:
    settings, switches = call.wiki.settings, call.wiki.switches
    reason = {"readonlyreason": switches.read_only} if switches.read_only else {}
    return {
        "mainpage": "Main Page",
        "base": f"{settings.base_url}/wiki/Main_Page",
        "sitename": "Curator's sandbox",
        "generator": "MediaWiki 1.43.9",
        "case": "first-letter",
        "lang": "en",
        "fallback": [],
        "rtl": False,
        "readonly": bool(switches.read_only),
        **reason,
        "writeapi": True,
        "maxarticlesize": 2_097_152,
        "timezone": "UTC",
        "timeoffset": 0,
        "articlepath": "/wiki/$1",
        "scriptpath": "/w",
        "script": "/w/index.php",
        "variantarticlepath": False,
        "server": settings.base_url,
        "servername": settings.base_url.partition("://")[2],
        "wikiid": "commonswiki",
        "time": iso(now()),
        "misermode": False,
        "uploadsenabled": switches.uploads_enabled,
        "maxuploadsize": settings.max_upload_size,
        "minuploadchunksize": settings.min_chunk_size,
        "wikibase-conceptbaseuri": "http://www.wikidata.org/entity/",
    }
