"""A picture's way to the wiki when all goes well."""

from __future__ import annotations

import hashlib

from curator_core.domain.caption import Caption
from curator_core.domain.ids import ImageId
from curator_core.domain.pace import Limit, Limits
from curator_core.domain.policy import Policy
from curator_core.domain.upload import UploadStatus
from tests.builders import IN_PROGRESS, QUEUED, a_house, an_item

SIX_A_MINUTE = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))


def test_the_wiki_gets_the_sources_bytes_the_page_the_statements_and_the_captions() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload(
        title="bridge_at night.jpg", wikitext="== Summary ==\nA bridge", captions=(("en", "A"),)
    )
    data = house.a_picture()
    house.work()
    ((title, (version,)),) = house.wiki.files.items()
    assert title == "Bridge at night.jpg"
    assert version.sha1 == hashlib.sha1(data).hexdigest()
    assert (version.uploader, version.wikitext) == ("Ada", "== Summary ==\nA bridge")
    described = house.wiki.descriptions[title]
    image = house.source.image(ImageId("1001"))
    assert described.statements == list(house.source.statements(image, copyright_override=False))
    assert described.captions == {"en": Caption(language="en", text="A")}
    assert house.wiki.refreshed == [title]
    upload = house.upload(upload_id)
    assert upload.status is UploadStatus.COMPLETED
    assert upload.success == "https://wiki.test/wiki/File:Bridge_at_night.jpg"
    assert upload.failure is None


def test_every_edit_names_source_image_and_batch_and_ends_with_its_edit_group() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.work()
    batch = house.database.committed.batches[house.upload(upload_id).batch_id]
    (version,) = house.wiki.files["Bridge 1001.jpg"]
    (described,) = house.wiki.descriptions["Bridge 1001.jpg"].summaries
    for summary in (version.summary, described):
        assert "Fake image 1001" in summary
        assert f"batch {batch.id}" in summary
        assert summary.endswith(
            f"([[:toolforge:editgroups-commons/b/curator/{batch.edit_group_id}|details]])"
        )


def test_a_contributors_own_licence_leaves_the_sources_out() -> None:
    house = a_house()
    house.an_accepted_upload(copyright_override=True)
    house.work()
    properties = [
        each.main.property for each in house.wiki.descriptions["Bridge 1001.jpg"].statements
    ]
    assert "P275" not in properties
    assert "P1947" in properties


def test_a_file_costs_six_requests_once_session_and_limits_are_read() -> None:
    house = a_house()
    house.an_accepted_upload()
    house.work()
    once = {"limits", "max_size"}
    assert [request for request in house.asked() if request not in once] == [
        "blacklist_reason",
        "look",
        "send",
        "publish",
        "write",
        "refresh",
    ]


def test_a_file_of_several_chunks_costs_one_request_more_for_each() -> None:
    house = a_house(policy=Policy(chunk_size=1024))
    house.an_accepted_upload(size=5000)
    house.work()
    assert house.asked().count("send") == 5
    assert len(house.asked()) - 5 - len(("limits", "max_size")) == 5


def test_a_paced_file_costs_no_more_since_its_worker_waits_for_the_slot_in_place() -> None:
    house = a_house(limits=SIX_A_MINUTE)
    house.a_picture("1")
    house.a_picture("2")
    batch = house.a_batch()
    house.add(batch, an_item("1"), an_item("2"))
    house.work_to_the_end()
    once = {"limits", "max_size"}
    assert len([request for request in house.asked() if request not in once]) == 12


def test_watchers_are_told_of_every_change() -> None:
    house = a_house()
    house.an_accepted_upload()
    house.work()
    assert [change.status for change in house.progress.announced] == [
        QUEUED,
        IN_PROGRESS,
        UploadStatus.COMPLETED,
    ]
    assert house.progress.announced[-1].success == "https://wiki.test/wiki/File:Bridge_1001.jpg"


def test_nothing_is_held_any_more_afterwards() -> None:
    house = a_house()
    upload_id = house.an_accepted_upload()
    house.work()
    upload = house.upload(upload_id)
    assert (upload.lease, upload.sealed_token) == (None, None)
    assert house.database.committed.rights == {}
    assert house.locks.holder(f"hash:{upload.checkpoint.sha1}") is None
    assert not house.heartbeat.is_beating


def test_each_user_acts_in_a_session_of_their_own() -> None:
    house = a_house()
    house.an_accepted_upload("1")
    house.a_picture("2")
    house.add(house.a_batch(house.grace), an_item("2"), user=house.grace)
    house.work_to_the_end()
    uploaders = {title: versions[0].uploader for title, versions in house.wiki.files.items()}
    assert uploaders == {"Bridge 1.jpg": "Ada", "Bridge 2.jpg": "Grace"}


def test_the_pictures_metadata_is_read_when_it_is_uploaded_and_not_when_it_was_chosen() -> None:
    house = a_house()
    house.an_accepted_upload()
    assert house.source.calls == []
    house.work()
    assert house.source.calls == ["image 1001"]
