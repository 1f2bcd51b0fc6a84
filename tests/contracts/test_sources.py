"""What every `Source` promises, asked of the fake and of Mapillary's alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from curator_adapters.sources.mapillary.source import Mapillary
from curator_adapters.sources.registry import SourceRegistry
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import ImageId
from curator_core.domain.media import Collection, ImageProblem
from curator_core.domain.statement import Text
from curator_core.ports.sources import Source, Sources, TooLargeAtOnce
from tests.adapters.sources.mapillary.graph import TOKEN, Graph, an_entry, an_error, running_graph
from tests.fakes.sources import FakeSource, FakeSources, a_media_image

SEQUENCE = "kx7r2uYeFwT6XCfvqh30VZ"
UNKNOWN = "f1ihYvTZNTEhCCnRjyMAuQ"
NINE = datetime(2024, 5, 27, 9, 0, tzinfo=UTC)


class World(Protocol):
    """A source, and what the outside does."""

    @property
    def source(self) -> Source: ...

    def take(self, image_id: str, minute: int) -> None:
        """Somebody took a usable picture of the sequence, so many minutes after nine."""
        ...

    def take_unusable(self, image_id: str) -> None: ...

    def outgrow(self) -> None:
        """The sequence does not come in one go any more."""
        ...

    def break_down(self) -> None: ...

    def refuse(self) -> None: ...


@dataclass
class FakeWorld:
    """The fake, scripted."""

    source: FakeSource

    def take(self, image_id: str, minute: int) -> None:
        self.source.add(SEQUENCE, a_media_image(image_id, taken=NINE + timedelta(minutes=minute)))

    def take_unusable(self, image_id: str) -> None:
        problem = ImageProblem(image_id=ImageId(image_id), message="Nobody knows where it is.")
        self.source.add(SEQUENCE, problem)

    def outgrow(self) -> None:
        self.source.too_large.add(SEQUENCE)

    def break_down(self) -> None:
        self.source.fail_next(Fault(kind=FaultKind.SOURCE_TROUBLE))

    def refuse(self) -> None:
        self.source.fail_next(Fault(kind=FaultKind.SOURCE_REFUSED))


@dataclass
class MapillaryWorld:
    """Mapillary's adapter, with a Graph API of the tests' own."""

    source: Mapillary
    graph: Graph

    def take(self, image_id: str, minute: int) -> None:
        taken = NINE + timedelta(minutes=minute)
        self.graph.add(SEQUENCE, an_entry(image_id, captured_at=int(taken.timestamp() * 1000)))

    def take_unusable(self, image_id: str) -> None:
        self.graph.add(SEQUENCE, an_entry(image_id, geometry=None))

    def outgrow(self) -> None:
        self.graph.too_large.add(SEQUENCE)

    def break_down(self) -> None:
        self.graph.trouble = an_error(503, 2, "Service temporarily unavailable")

    def refuse(self) -> None:
        self.graph.trouble = an_error(403, 10, "Application does not have permission")


@pytest.fixture(params=["fake", "mapillary"])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "fake":
        yield FakeWorld(FakeSource())
        return
    with running_graph() as graph:
        yield MapillaryWorld(
            Mapillary(token=TOKEN, user_agent="Curator/test", root=graph.root), graph
        )


def whole(world: World, collection_id: str = SEQUENCE) -> Collection:
    found = world.source.collection(collection_id)
    assert isinstance(found, Collection)
    return found


def ids(*texts: str) -> tuple[ImageId, ...]:
    return tuple(ImageId(text) for text in texts)


def test_a_source_has_a_name_and_hosts(world: World) -> None:
    assert world.source.name
    assert world.source.hosts


def test_a_bare_id_names_its_collection(world: World) -> None:
    assert world.source.collection_id(f" {SEQUENCE} ") == SEQUENCE


@pytest.mark.parametrize("address", ["", "  ", "https://elsewhere.example/", "what is this?"])
def test_anything_else_names_none(world: World, address: str) -> None:
    assert world.source.collection_id(address) is None


def test_a_collection_comes_in_the_order_its_pictures_were_taken(world: World) -> None:
    world.take("103", minute=3)
    world.take("101", minute=1)
    world.take("102", minute=2)
    found = whole(world)
    assert found.id == SEQUENCE
    assert [image.id for image in found.images] == ["101", "102", "103"]
    assert found.problems == ()


def test_unusable_pictures_are_named_and_do_not_sink_the_rest(world: World) -> None:
    world.take("101", minute=1)
    world.take_unusable("102")
    world.take("103", minute=3)
    found = whole(world)
    assert [image.id for image in found.images] == ["101", "103"]
    assert [problem.image_id for problem in found.problems] == ["102"]
    assert found.problems[0].message.endswith(".")


def test_an_unknown_collection_is_empty(world: World) -> None:
    assert whole(world, UNKNOWN) == Collection(id=UNKNOWN, images=())
    assert world.source.image_ids(UNKNOWN) == ()


def test_a_collection_that_is_too_large_still_gives_its_ids(world: World) -> None:
    world.take("101", minute=1)
    world.take("102", minute=2)
    world.outgrow()
    assert world.source.collection(SEQUENCE) == TooLargeAtOnce(collection_id=SEQUENCE)
    assert set(world.source.image_ids(SEQUENCE)) == {"101", "102"}


def test_pictures_by_id_come_in_the_order_asked(world: World) -> None:
    for number in (1, 2, 3):
        world.take(f"10{number}", minute=number)
    found = world.source.images(ids("103", "101", "102"))
    assert [image.id for image in found.images] == ["103", "101", "102"]
    assert found.problems == ()


def test_a_picture_comes_the_same_by_either_way(world: World) -> None:
    world.take("101", minute=1)
    image = world.source.image(ImageId("101"))
    assert whole(world).images == (image,)
    assert world.source.images(ids("101")).images == (image,)
    assert image.taken == NINE + timedelta(minutes=1)
    assert image.addresses.original.startswith("https://")


def test_unusable_and_missing_pictures_by_id_are_named(world: World) -> None:
    world.take("101", minute=1)
    world.take_unusable("102")
    found = world.source.images(ids("102", "999", "101"))
    assert [image.id for image in found.images] == ["101"]
    assert {problem.image_id for problem in found.problems} == {"102", "999"}


def test_no_ids_are_no_pictures(world: World) -> None:
    found = world.source.images(())
    assert (found.images, found.problems) == ((), ())


def test_a_hundred_pictures_come_at_once_and_no_more(world: World) -> None:
    for number in range(101):
        world.take(str(1000 + number), minute=number)
    asked = world.source.image_ids(SEQUENCE)
    assert len(world.source.images(asked[:100]).images) == 100
    with pytest.raises(ValueError, match="101"):
        world.source.images(asked)


@pytest.mark.parametrize("image_id", ["102", "999"], ids=["unusable", "gone"])
def test_a_picture_that_cannot_be_had_is_missing(world: World, image_id: str) -> None:
    world.take_unusable("102")
    with pytest.raises(Faulted) as caught:
        world.source.image(ImageId(image_id))
    assert caught.value.fault.kind is FaultKind.IMAGE_MISSING


CALLS = [
    lambda source: source.collection(SEQUENCE),
    lambda source: source.image_ids(SEQUENCE),
    lambda source: source.images(ids("101")),
    lambda source: source.image(ImageId("101")),
]
CALL_NAMES = ["collection", "image_ids", "images", "image"]


@pytest.mark.parametrize("call", CALLS, ids=CALL_NAMES)
def test_trouble_at_the_source_may_pass(world: World, call: object) -> None:
    world.take("101", minute=1)
    world.break_down()
    assert kind_of(world, call) is FaultKind.SOURCE_TROUBLE


@pytest.mark.parametrize("call", CALLS, ids=CALL_NAMES)
def test_a_refusal_by_the_source_is_told(world: World, call: object) -> None:
    world.take("101", minute=1)
    world.refuse()
    assert kind_of(world, call) is FaultKind.SOURCE_REFUSED


def kind_of(world: World, call: object) -> FaultKind:
    assert callable(call)
    with pytest.raises(Faulted) as caught:
        call(world.source)
    return caught.value.fault.kind


def test_the_statements_name_the_picture_by_its_id_at_the_source(world: World) -> None:
    world.take("101", minute=1)
    image = world.source.image(ImageId("101"))
    statements = world.source.statements(image, copyright_override=False)
    assert Text("101") in [statement.main.value for statement in statements]


def test_a_copyright_of_the_contributors_own_leaves_the_licence_out(world: World) -> None:
    world.take("101", minute=1)
    image = world.source.image(ImageId("101"))
    ours = world.source.statements(image, copyright_override=False)
    theirs = world.source.statements(image, copyright_override=True)
    assert "P275" in [statement.main.property for statement in ours]
    assert "P275" not in [statement.main.property for statement in theirs]
    assert set(theirs) < set(ours)


def test_the_credit_names_the_picture(world: World) -> None:
    world.take("101", minute=1)
    assert "101" in world.source.credit(world.source.image(ImageId("101")))


@pytest.fixture(params=["fake", "registry"])
def sources(request: pytest.FixtureRequest) -> Sources:
    here = FakeSource("mapillary"), FakeSource("flickr")
    return FakeSources(*here) if request.param == "fake" else SourceRegistry(here)


def test_a_source_is_found_by_its_name(sources: Sources) -> None:
    found = sources.named("flickr")
    assert found is not None
    assert found.name == "flickr"


@pytest.mark.parametrize("name", ["", "panoramio", "Flickr"])
def test_an_unknown_name_finds_none(sources: Sources, name: str) -> None:
    assert sources.named(name) is None


def test_two_sources_cannot_share_a_name() -> None:
    with pytest.raises(ValueError, match="mapillary"):
        SourceRegistry([FakeSource("mapillary"), FakeSource("mapillary")])
