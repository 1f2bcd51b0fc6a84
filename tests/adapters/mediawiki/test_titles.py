"""Names as a real wiki answers for them."""

import json

import pytest

from curator_adapters.mediawiki.authentication import Consumer
from curator_adapters.mediawiki.wiki import MediaWiki, MediaWikis
from curator_core.domain.ids import UserId
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.titles import NameFound
from tests.adapters.mediawiki.server import Reply, Script
from tests.sandbox import USER_AGENT


@pytest.fixture
def wiki(script: Script) -> MediaWiki:
    token = AccessToken(key="key", secret="secret")
    consumer = Consumer(key="consumer", secret="secret")
    return MediaWikis(f"{script.url}/w", consumer, USER_AGENT).session(UserId("4"), token)


def test_names_are_found_under_the_wikis_spelling_in_whatever_order_it_tells_them(
    script: Script, wiki: MediaWiki
) -> None:
    # Capture `query-title-normalization`, where the wiki raises another first letter than we do.
    answer = {
        "query": {
            "normalized": [{"fromencoded": False, "from": "File:ßx.jpg", "to": "File:SSx.jpg"}],
            "pages": [
                {"ns": 6, "title": "File:X.JPG", "missing": True},
                {"title": "File:Bad.jpg", "invalidreason": "Not <b>so</b>.", "invalid": True},
                {"ns": 6, "title": "File:SSx.jpg", "imageinfo": [{"timestamp": "2026"}]},
            ],
        }
    }
    script.replies = [Reply(body=json.dumps(answer))]

    found = wiki.titles.look_up([Title("ßx.jpg"), Title("Bad.jpg"), Title("X.JPG"), Title("Q.png")])

    assert found[:3] == (
        NameFound(spelled="SSx.jpg", has_page=True, has_file=True),
        NameFound(spelled="Bad.jpg", refusal="Not so."),
        NameFound(spelled="X.JPG"),
    )
    assert found[3].refusal
