"""What a real wiki answered, read by the adapters as the core will see it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from curator_adapters.mediawiki.authentication import Consumer
from curator_adapters.mediawiki.wiki import MediaWiki, MediaWikis
from curator_core.domain.ids import FileKey, Sha1, UserId
from curator_core.domain.merge import Additions, Description
from curator_core.domain.pace import Limit, pace_of
from curator_core.domain.statement import Foreign, Snak, Statement
from curator_core.domain.title import Title
from curator_core.domain.user import AccessToken
from curator_core.ports.publisher import Published
from curator_core.ports.stash import ChunkSent, StashedFile
from tests.adapters.mediawiki.captured import captured
from tests.adapters.mediawiki.server import Reply, Script
from tests.pictures import a_title, on_disk, picture_bytes
from tests.sandbox import USER_AGENT

ANSWERS = captured("answers")
TITLE = '{"language":"en","text":"A title"}'
KEY = FileKey("1d3so0fuv9c4.fpvs35.4.jpg")
SHA1 = Sha1("854f2ecfc0627206b426003e00dfb98c61bf577b")


def reply(answer: object) -> Reply:
    return Reply(body=json.dumps(answer))


@pytest.fixture
def wiki(script: Script) -> MediaWiki:
    token = AccessToken(key="key", secret="secret")
    consumer = Consumer(key="consumer", secret="secret")
    return MediaWikis(f"{script.url}/w", consumer, USER_AGENT).session(UserId("4"), token)


def answer_with(script: Script, *captures: str, token: bool = False) -> None:
    first = ["tokens-csrf"] if token else []
    script.replies = [reply(ANSWERS[name]) for name in (*first, *captures)]


def test_a_look_reads_times_sizes_and_uploaders(script: Script, wiki: MediaWiki) -> None:
    query: dict[str, object] = {"allimages": []}
    for name in ("query-imageinfo", "userinfo-uploader", "tokens-csrf"):
        query |= ANSWERS[name]["query"]
    script.replies = [reply({"curtimestamp": "2026-11-22T18:46:24Z", "query": query})]

    standing = wiki.files.look(SHA1, Title("Ed 1795373183.jpg"))

    found = standing.at_title
    assert found is not None
    assert (found.title, found.sha1, found.size) == ("Ed 1795373183.jpg", SHA1, 11024)
    assert found.uploader == "Uploader"
    assert found.uploaded_at == datetime(2026, 11, 22, 18, 46, 23, tzinfo=UTC)
    assert standing.wiki_time == datetime(2026, 11, 22, 18, 46, 24, tzinfo=UTC)
    assert standing.limits is not None


def test_chunks_are_read(script: Script, wiki: MediaWiki, tmp_path: Path) -> None:
    answer_with(script, "ok-chunk-first", "ok-chunk-middle", "ok-chunk-last", token=True)
    file, title = on_disk(tmp_path, picture_bytes(216_414)), a_title()

    first = wiki.stash.send(title, file, 0, 60_000, None)
    middle = wiki.stash.send(title, file, 60_000, 60_000, first.key)
    last = wiki.stash.send(title, file, 120_000, 96_414, middle.key)

    assert (first.offset, first.assembled) == (60_000, False)
    assert (middle.offset, middle.key) == (120_000, first.key)
    assert last.assembled
    assert last.key == "1d3snzn29dfk.as194v.4.jpg"
    assert (last.sha1, last.size) == ("2e5881dd5f1fb7dabfb9efbe09a65e22adf8d402", 216_414)


def test_warnings_beside_a_success_do_not_hide_it(
    script: Script, wiki: MediaWiki, tmp_path: Path
) -> None:
    answer_with(script, "multichunk-duplicate-ignorewarnings", token=True)
    file = on_disk(tmp_path, picture_bytes())

    assert wiki.stash.send(a_title(), file, 0, file.size, None).assembled


@pytest.mark.parametrize("capture", ["ok-commit", "verify-name-240-on-commit", "abusefilter-tag"])
def test_a_published_file_is_read(script: Script, wiki: MediaWiki, capture: str) -> None:
    answer_with(script, capture, token=True)
    said = ANSWERS[capture]["upload"]

    answer = wiki.publisher.publish(a_title(), KEY, "text", "summary", 1)

    assert answer == Published(
        title=said["imageinfo"]["canonicaltitle"].removeprefix("File:"),
        url=said["imageinfo"]["descriptionurl"],
        sha1=Sha1(said["imageinfo"]["sha1"]),
        size=said["imageinfo"]["size"],
    )


def test_the_stash_is_read(script: Script, wiki: MediaWiki) -> None:
    answer_with(script, "stashimageinfo-complete")

    assert wiki.stash.whole(KEY) == StashedFile(
        key=KEY, sha1=Sha1("da0a6c4672a89d2e589e1ffafa0d6ca6aa56f2c7"), size=10_992
    )


def test_a_file_is_sought_among_the_finished_ones_of_its_size_newest_first(
    script: Script, wiki: MediaWiki
) -> None:
    mine = ANSWERS["mystashedfiles"]
    later = {"query": {"mystashedfiles": [{"filekey": "x", "status": "chunks", "size": 11_007}]}}
    script.replies = [reply(mine), reply(later), reply(ANSWERS["stashimageinfo-complete"])]

    assert wiki.stash.find(Sha1("0" * 40), 11_007) is None

    keys = [seen.path.partition("siifilekey=")[2].partition("&")[0] for seen in script.seen[2:]]
    assert keys == ["1d3smuc9mqg8.fp6toj.4.jpg", "1d3smuc7p8r4.e9m2wn.4.jpg"]
    assert "msfcontinue=46" in script.seen[1].path


def test_how_far_an_upload_is_is_read(script: Script, wiki: MediaWiki) -> None:
    answer_with(script, "checkstatus-uploading", token=True)

    half = wiki.stash.status(a_title(), KEY, 100_000)

    assert half == ChunkSent(key=KEY, offset=80_000, assembled=False)


def test_limits_are_read(script: Script, wiki: MediaWiki) -> None:
    answer_with(script, "userinfo-newbie", "userinfo-bot")

    newbie, bot = wiki.accounts.limits(), wiki.accounts.limits()

    assert Limit(action="upload", group="newbie", hits=8, seconds=60) in newbie.limits
    assert Limit(action="upload", group="user", hits=380, seconds=4320) in newbie.limits
    # 8 edits a minute, of which an upload takes two.
    assert pace_of(newbie).interval.total_seconds() == 15
    assert bot.exempt


def test_limits_that_php_writes_as_an_empty_list_are_none(script: Script, wiki: MediaWiki) -> None:
    userinfo = {"rights": ["upload"], "ratelimits": []}
    script.replies = [reply({"query": {"userinfo": userinfo}})]

    assert wiki.accounts.limits().exempt


def test_the_blacklists_reason_is_read_as_plain_text(script: Script, wiki: MediaWiki) -> None:
    answer_with(script, "titleblacklist-check", "titleblacklist-check-ok")

    assert wiki.titles.blacklist_reason(Title("DSC01234.jpg")) == (
        'The filename "File:DSC01234.jpg" is too generic: it is on the local title blacklist '
        r"(File:(?:DSC|IMG|PICT|DCP)[ _-]?\d+\.\w+ <reupload|errmsg=titleblacklist-custom-"
        "filename>). Please choose a descriptive name."
    )
    assert wiki.titles.blacklist_reason(a_title()) is None


def test_the_largest_size_is_read(script: Script, wiki: MediaWiki) -> None:
    answer_with(script, "siteinfo")

    assert wiki.files.max_size() == 5_368_709_120


@pytest.mark.parametrize(
    "capture", ["wb-entity-labels-only-formatversion2", "wb-entity-labels-only-formatversion1"]
)
def test_captions_without_statements_are_read(
    script: Script, wiki: MediaWiki, capture: str
) -> None:
    answer_with(script, capture)

    description = wiki.statements.read(a_title())

    assert description is not None
    assert description.languages == {"en"}
    assert description.statements == ()
    assert description.revision is not None


def test_a_file_without_structured_data_is_empty(script: Script, wiki: MediaWiki) -> None:
    answer_with(script, "wb-entity-without-slot")

    assert wiki.statements.read(a_title()) == Description()


def test_a_title_without_a_file_is_something_else(script: Script, wiki: MediaWiki) -> None:
    answer_with(script, "wbgetentities-missing-title")

    assert wiki.statements.read(a_title()) is None


def test_statements_are_read_with_their_ids_and_the_revision(
    script: Script, wiki: MediaWiki
) -> None:
    answer_with(script, "wbgetentities-mediainfo-full")

    description = wiki.statements.read(a_title())

    assert description is not None
    assert description.revision == 307
    assert description.languages == {"en"}
    ids = {each.statement.main.property: each.id for each in description.statements}
    assert ids["P180"] == "M257$1EC1D5F7-A962-43A0-9927-B9C43943F990"
    texts = [each.statement for each in description.statements if each.id == ids["P1476"]]
    assert texts == [
        Statement(
            main=Snak("P1476", Foreign(kind="monolingualtext", written=TITLE)),
        )
    ]


@pytest.mark.parametrize(
    "capture", ["wb-edit-by-site-title", "wb-edit-first-label", "wb-edit-nochange"]
)
def test_a_written_description_is_read(script: Script, wiki: MediaWiki, capture: str) -> None:
    answer_with(script, capture, token=True)

    wiki.statements.write(a_title(), Additions(), "summary")

    assert len(script.seen) == 2
