"""Which actions the sandbox's API has, and what each demands."""

from curator_cli.sandbox.wiki.api import Module
from curator_cli.sandbox.wiki.edit import edit, purge
from curator_cli.sandbox.wiki.query import query
from curator_cli.sandbox.wiki.titleblacklist import titleblacklist
from curator_cli.sandbox.wiki.upload import upload
from curator_cli.sandbox.wiki.wikibase import wbeditentity, wbgetentities

MODULES: dict[str, Module] = {
    "edit": Module(run=edit, must_be_posted=True, needs_token=True, writes=True),
    "purge": Module(run=purge, must_be_posted=True, writes=True),
    "query": Module(run=query),
    "titleblacklist": Module(run=titleblacklist),
    "upload": Module(run=upload, must_be_posted=True, needs_token=True, writes=True),
    "wbeditentity": Module(run=wbeditentity, must_be_posted=True, needs_token=True, writes=True),
    "wbgetentities": Module(run=wbgetentities),
}
