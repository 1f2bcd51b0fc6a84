"""A contributor looks at what a source offers."""

from __future__ import annotations

from datetime import timedelta

from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import ImageId
from curator_core.domain.media import Collection, ImageProblem
from curator_core.use_cases.browse_collection import InParts, NothingFound
from tests.builders import House, a_house
from tests.fakes.sources import HOST, a_media_image

ADDRESS = f"https://{HOST}/sequence/abc"
UNUSABLE = ImageProblem(image_id=ImageId("999"), message="It has no position.")
TROUBLE = Fault(kind=FaultKind.SOURCE_TROUBLE, code="http-503", info="Try again.")


def browse(house: House, address: str = ADDRESS, handler: str = "mapillary") -> object:
    return house.app.browse_collection(handler, address)


def found(answer: object) -> Collection:
    assert isinstance(answer, Collection), answer
    return answer


def not_found(answer: object) -> str:
    assert isinstance(answer, NothingFound), answer
    return answer.reason


def test_pictures_come_in_the_order_they_were_taken() -> None:
    house = a_house()
    early = a_media_image("2")
    late = a_media_image("1", taken=early.taken + timedelta(seconds=1))
    house.source.add("abc", late, early)
    assert [image.id for image in found(browse(house)).images] == ["2", "1"]


def test_an_unusable_picture_is_named_and_does_not_sink_the_collection() -> None:
    house = a_house()
    house.source.add("abc", a_media_image("1"), UNUSABLE)
    collection = found(browse(house))
    assert [image.id for image in collection.images] == ["1"]
    assert collection.problems == (UNUSABLE,)


def test_a_collection_without_usable_pictures_says_why() -> None:
    house = a_house()
    house.source.add("abc", UNUSABLE)
    told = not_found(browse(house))
    assert "None of the 1" in told
    assert "It has no position." in told


def test_an_unknown_collection_is_named() -> None:
    assert "'abc'" in not_found(browse(a_house()))


def test_an_address_that_names_no_collection_is_shown() -> None:
    assert "'what is this'" in not_found(browse(a_house(), "what is this"))


def test_an_unknown_source_is_named() -> None:
    assert "'instagram'" in not_found(browse(a_house(), handler="instagram"))
    assert "'instagram'" in not_found(a_house().app.browse_collection.parts("instagram", "abc"))


def test_a_source_that_stumbles_once_is_asked_again() -> None:
    house = a_house()
    house.source.add("abc", a_media_image("1"))
    house.source.fail_next(TROUBLE)
    assert len(found(browse(house)).images) == 1


def test_a_source_in_trouble_is_told_in_a_sentence_while_the_contributor_waits() -> None:
    house = a_house()
    house.source.fail_next(*[TROUBLE] * 10)
    assert "Try again." in not_found(browse(house))
    assert sum(house.clock.slept, timedelta()) < timedelta(seconds=10)


def test_a_collection_too_large_at_once_comes_in_parts() -> None:
    house = a_house()
    house.source.add("abc", *(a_media_image(str(number)) for number in range(250)), UNUSABLE)
    house.source.too_large.add("abc")
    assert browse(house) == InParts(collection_id="abc")
    whole = found(house.app.browse_collection.parts("mapillary", "abc"))
    assert len(whole.images) == 250
    assert whole.problems == (UNUSABLE,)
    asked = [call.split()[1].count(",") + 1 for call in house.source.calls if "images" in call]
    assert asked == [100, 100, 51]


def test_parts_come_in_the_order_the_pictures_were_taken() -> None:
    house = a_house()
    first = a_media_image("0")
    house.source.add(
        "abc",
        *(
            a_media_image(str(number), taken=first.taken - timedelta(seconds=number))
            for number in range(150)
        ),
    )
    images = found(house.app.browse_collection.parts("mapillary", "abc")).images
    assert [image.taken for image in images] == sorted(image.taken for image in images)


def test_parts_of_which_one_cannot_be_had_are_told() -> None:
    house = a_house()
    house.source.add("abc", a_media_image("1"))
    house.source.fail_next(*[TROUBLE] * 10)
    assert "Try again." in not_found(house.app.browse_collection.parts("mapillary", "abc"))
