"""How the Graph API is asked, and what becomes of its odd answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from curator_adapters.sources.mapillary.source import Mapillary
from curator_core.domain.errors import Faulted
from curator_core.domain.fault import Fault, FaultKind
from curator_core.domain.ids import ImageId
from curator_core.domain.media import Collection
from curator_core.ports.sources import TooLargeAtOnce
from tests.adapters.downloads.server import Answer, http_server
from tests.adapters.sources.mapillary.graph import (
    TOKEN,
    Graph,
    an_entry,
    an_error,
    as_json,
    running_graph,
)

SEQUENCE = "kx7r2uYeFwT6XCfvqh30VZ"
ONE = ImageId("101")


@pytest.fixture
def graph() -> Iterator[Graph]:
    with running_graph() as running:
        running.add(SEQUENCE, an_entry("101"))
        yield running


def mapillary(
    graph: Graph, token: str | None = TOKEN, patience: timedelta = timedelta(seconds=30)
) -> Mapillary:
    return Mapillary(token=token, user_agent="Curator/test", root=graph.root, patience=patience)


def fault_of(graph: Graph, token: str | None = TOKEN) -> Fault:
    with pytest.raises(Faulted) as caught:
        mapillary(graph, token).image(ONE)
    return caught.value.fault


def test_the_token_travels_in_the_header_and_never_in_the_address(graph: Graph) -> None:
    mapillary(graph).collection(SEQUENCE)
    (request,) = graph.server.requests
    assert request.headers["Authorization"] == f"OAuth {TOKEN}"
    assert request.headers["User-Agent"] == "Curator/test"
    assert TOKEN not in str(request.query)


def test_exactly_the_fields_that_are_needed_are_asked_for(graph: Graph) -> None:
    source = mapillary(graph)
    source.collection(SEQUENCE)
    source.images([ONE])
    source.image(ONE)
    assert {request.query["fields"] for request in graph.server.requests} == {
        "captured_at,compass_angle,creator,geometry,height,is_pano,make,model,"
        "thumb_256_url,thumb_1024_url,thumb_original_url,width"
    }


@pytest.mark.parametrize("status", [500, 504])
def test_a_collection_that_the_server_fails_at_is_too_large(graph: Graph, status: int) -> None:
    graph.trouble = an_error(status, 1, "Please reduce the amount of data you're asking for")
    assert isinstance(mapillary(graph).collection(SEQUENCE), TooLargeAtOnce)


def test_a_collection_that_times_out_is_too_large(graph: Graph) -> None:
    def say_nothing(_connection: socket.socket, ending: threading.Event) -> None:
        ending.wait(60)

    graph.server.raw["/images"] = say_nothing
    source = mapillary(graph, patience=timedelta(seconds=0.2))
    assert isinstance(source.collection(SEQUENCE), TooLargeAtOnce)


def test_a_collection_that_trickles_in_is_too_large(graph: Graph) -> None:
    def trickle(connection: socket.socket, ending: threading.Event) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not ending.wait(0.02):
            connection.sendall(b" ")

    graph.server.raw["/images"] = trickle
    source = mapillary(graph, patience=timedelta(seconds=0.3))
    assert isinstance(source.collection(SEQUENCE), TooLargeAtOnce)


def test_a_collection_that_may_be_cut_off_is_too_large(graph: Graph) -> None:
    graph.add("most", *(an_entry(str(number)) for number in range(1999)))
    assert isinstance(mapillary(graph).collection("most"), Collection)
    graph.add("most", an_entry("1999"))
    assert isinstance(mapillary(graph).collection("most"), TooLargeAtOnce)
    graph.server.answers["/images"] = as_json(
        {"data": [an_entry("1")], "paging": {"next": "https://graph.mapillary.com/images?x"}}
    )
    assert isinstance(mapillary(graph).collection("most"), TooLargeAtOnce)


def test_ids_are_gathered_from_all_pages(graph: Graph) -> None:
    pages = {
        None: {"data": [{"id": "1"}], "paging": {"cursors": {"after": "x"}, "next": "https://…"}},
        "x": {"data": [{"id": 2}]},
    }
    graph.server.answers["/image_ids"] = lambda request: as_json(pages[request.query.get("after")])
    assert mapillary(graph).image_ids(SEQUENCE) == ("1", "2")


def test_a_server_that_is_not_there_is_trouble_and_no_large_collection(graph: Graph) -> None:
    with http_server() as gone:
        address = gone.root
    with pytest.raises(Faulted) as caught:
        Mapillary(token=TOKEN, user_agent="Curator/test", root=address).collection(SEQUENCE)
    assert caught.value.fault.kind is FaultKind.SOURCE_TROUBLE


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"<html>We'll be back</html>"),
        Answer(body=b'{"data": [{"id": "101"'),
        Answer(body=b""),
        Answer(body=b"[]"),
        Answer(body=b'{"name": "no id"}'),
        Answer(status=302, headers={"Location": "http://[broken"}),
        Answer(status=301, headers={"Location": "/elsewhere"}),
        Answer(body=b"gzip?", headers={"Content-Encoding": "gzip"}),
        Answer(body=b"{}", headers={"Content-Length": "5000", "Connection": "close"}),
        an_error(500, 1, "An unknown error occurred"),
        an_error(503, 2, "Service temporarily unavailable"),
        an_error(429, 4, "Application request limit reached"),
        an_error(403, 4, "Application request limit reached"),
        an_error(400, 613, "Calls to this api have exceeded the rate limit."),
    ],
)
def test_an_answer_that_may_be_better_next_time_is_trouble(graph: Graph, answer: Answer) -> None:
    graph.trouble = answer
    fault = fault_of(graph)
    assert fault.kind is FaultKind.SOURCE_TROUBLE
    assert fault.info.startswith("Mapillary ")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405])
def test_any_other_refusal_keeps_graphs_own_words(graph: Graph, status: int) -> None:
    graph.trouble = an_error(status, 10, "Application does not have permission")
    fault = fault_of(graph)
    assert fault.kind is FaultKind.SOURCE_REFUSED
    assert "Application does not have permission" in fault.info
    assert fault.code == f"http-{status}"


def test_a_wrong_root_is_a_refusal_and_not_an_unknown_sequence(graph: Graph) -> None:
    graph.trouble = Answer(status=404, body=b"<html>Not Found</html>")
    with pytest.raises(Faulted) as caught:
        mapillary(graph).collection(SEQUENCE)
    assert caught.value.fault.kind is FaultKind.SOURCE_REFUSED


def test_the_wait_that_mapillary_asks_for_is_told(graph: Graph) -> None:
    graph.trouble = Answer(status=429, headers={"Retry-After": "120"})
    assert fault_of(graph).retry_after == timedelta(seconds=120)


def test_a_wait_that_makes_no_sense_does_no_harm(graph: Graph) -> None:
    graph.trouble = Answer(status=429, headers={"Retry-After": "9" * 30})
    assert fault_of(graph).retry_after == timedelta(days=1)


def test_a_token_that_an_error_repeats_is_not_passed_on(graph: Graph) -> None:
    graph.trouble = an_error(401, 190, f"Malformed access token {TOKEN}")
    fault = fault_of(graph)
    assert TOKEN not in repr(fault)
    assert "Malformed access token" in fault.info


def test_a_wrong_token_is_a_refusal(graph: Graph) -> None:
    fault = fault_of(graph, token="MLY|wrong")
    assert fault.kind is FaultKind.SOURCE_REFUSED
    assert "Invalid OAuth 2.0 Access Token" in fault.info


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_nothing_is_asked(graph: Graph, token: str | None) -> None:
    fault = fault_of(graph, token)
    assert fault.kind is FaultKind.SOURCE_REFUSED
    assert "MAPILLARY_API_TOKEN" in fault.info
    assert graph.server.requests == []


@pytest.mark.parametrize("image_id", ["", "../images", "1?fields=id", "1,2", "x" * 65, "1 2"])
def test_what_is_no_image_id_is_missing_without_a_request(graph: Graph, image_id: str) -> None:
    source = mapillary(graph)
    with pytest.raises(Faulted) as caught:
        source.image(ImageId(image_id))
    assert caught.value.fault.kind is FaultKind.IMAGE_MISSING
    assert source.images([ImageId(image_id)]).problems[0].image_id == image_id
    assert graph.server.requests == []


def test_a_broken_entry_does_not_sink_the_others(graph: Graph) -> None:
    graph.add("odd", an_entry("1", width="wide"), an_entry("2"), an_entry("3", creator=[]))
    found = mapillary(graph).collection("odd")
    assert isinstance(found, Collection)
    assert [image.id for image in found.images] == ["2"]
    assert [problem.image_id for problem in found.problems] == ["1", "3"]


def test_cookies_are_not_kept(graph: Graph) -> None:
    graph.server.answers["/101"] = lambda _request: Answer(
        body=as_json(an_entry("101")).body, headers={"Set-Cookie": "who=me; Path=/"}
    )
    source = mapillary(graph)
    source.image(ONE)
    source.image(ONE)
    assert [request.headers.get("Cookie") for request in graph.server.requests] == [None, None]


def test_a_netrc_of_the_operator_does_not_replace_the_token(
    graph: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login ada password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    mapillary(graph).image(ONE)
    assert graph.server.requests[0].headers["Authorization"] == f"OAuth {TOKEN}"


def test_hosts_cover_where_mapillary_serves_its_pictures(graph: Graph) -> None:
    assert mapillary(graph).hosts == {"*.fbcdn.net", "*.mapillary.com"}
