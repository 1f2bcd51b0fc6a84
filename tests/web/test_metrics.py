"""`/metrics`: what an operator's monitoring sees."""

from collections.abc import Mapping
from dataclasses import replace

import anyio
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request
from starlette.testclient import TestClient

from curator_core.domain.fault import FaultKind
from curator_core.domain.outcome import Failure
from curator_core.domain.pace import Limit, Limits
from curator_core.ports.meter import Figure
from curator_web.metrics import Metrics
from curator_web.request_times import RequestTimes
from curator_web.websocket.sockets import Sockets
from tests.builders import an_item
from tests.web.house import CONFIG, QUICK, SECRETS, WebHouse, until
from tests.web.test_http import a_gate_closed_by

Labels = Mapping[str, str]


def read(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample, as Prometheus's own parser reads it."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def figure(house: WebHouse, name: str, **labels: str) -> float:
    """One figure of a process that was never asked before."""
    return figure_at(TestClient(house.a_web(house.config)), name, **labels)


def figure_at(visitor: TestClient, name: str, **labels: str) -> float:
    """One figure of the visitor's process."""
    answer = visitor.get("/metrics")
    assert answer.status_code == 200
    return read(answer.text)[name, frozenset(labels.items())]


def names(house: WebHouse) -> set[str]:
    return {name for name, _ in read(TestClient(house.a_web(CONFIG)).get("/metrics").text)}


def test_it_is_prometheus_text_for_everybody(house: WebHouse) -> None:
    answer = house.visitor().get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert read(answer.text)


def test_endings_are_counted_by_outcome_and_error_class(house: WebHouse) -> None:
    first, second = house.an_accepted_upload("1"), house.an_accepted_upload("2")
    house.process(first)
    house.app.process_upload.start(second)
    house.add(house.a_batch(), an_item("3", title="a[b.jpg"))
    done = {"outcome": "completed", "error": ""}
    bad = {"outcome": "failed", "error": "bad_item"}
    assert figure(house, "curator_uploads_ended_total", **done) == 1
    assert figure(house, "curator_uploads_ended_total", **bad) == 1
    assert figure(house, "curator_uploads", status="in_progress") == 1
    assert figure(house, "curator_uploads", status="completed") == 1


def test_the_queue_is_told_by_user_class() -> None:
    slow = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))
    house = WebHouse(limits=slow)
    house.add(house.a_batch(), *(an_item(str(number)) for number in range(3)))
    depth = {
        name: figure(house, "curator_queue_depth", user_class=name) for name in ("paced", "unpaced")
    }
    assert depth == {"paced": 3, "unpaced": 0}


def test_the_pace_shows_in_turns() -> None:
    slow = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))
    house = WebHouse(limits=slow)
    house.process(house.an_accepted_upload())
    assert figure(house, "curator_turns_total", late="no") == 1
    assert 10 <= figure(house, "curator_turn_interval_seconds_total") < 11


def test_closed_gates_are_told_without_whose_they_are(house: WebHouse) -> None:
    gate = {"gate": "rate_limited", "scope": "user"}
    assert figure(house, "curator_gates_closed", **gate) == 0
    a_gate_closed_by(house, FaultKind.RATE_LIMITED)
    assert figure(house, "curator_gates_closed", **gate) == 1
    assert figure(house, "curator_gates_closed", gate="read_only", scope="everybody") == 0


def test_rescues_and_requests_to_the_wiki_come_from_all_processes(house: WebHouse) -> None:
    assert figure(house, "curator_lease_rescues_total") == 0
    house.meter.count(Figure.RESCUED, by=2)
    house.meter.count(Figure.WIKI_REQUESTS, {"action": "upload", "result": "ok"}, by=7)
    assert figure(house, "curator_lease_rescues_total") == 2
    labels = {"action": "upload", "result": "ok"}
    assert figure(house, "curator_wiki_requests_total", **labels) == 7


# This process


def test_requests_are_timed_by_route_method_and_status(house: WebHouse) -> None:
    visitor = house.visitor("Grace")
    for number in (1, 2, 3):
        visitor.put(f"/api/admin/upload_requests/{number}", json={"wikitext": "x"})
    visitor.get("/auth/whoami")
    route = "/api/admin/upload_requests/{id:id}"
    labels = {"route": route, "method": "PUT", "status": "4xx"}
    assert figure_at(visitor, "curator_request_seconds_count", **labels) == 3
    labels = {"route": "/auth/whoami", "method": "GET", "status": "2xx"}
    assert figure_at(visitor, "curator_request_seconds_count", **labels) == 1


def test_nobody_makes_more_figures_by_asking_for_what_is_not_there(house: WebHouse) -> None:
    visitor = house.visitor()

    def series() -> int:
        return len(read(visitor.get("/metrics").text))

    visitor.get("/nowhere")
    visitor.request("BREW", "/nowhere")
    visitor.get("/metrics")
    before = series()
    for number in range(50):
        visitor.get(f"/nowhere/{number}")
        visitor.request(f"BREW{number}", "/auth/whoami")
        visitor.get(f"/auth/whoami?x={number}")
    # What was new: refusals of two routes.
    assert series() - before <= 3 * 13


def test_a_mistake_of_ours_is_timed_as_one(house: WebHouse) -> None:
    visitor = house.visitor("Grace", raise_server_exceptions=False)
    house.database.down = True
    assert visitor.get("/api/admin/users").status_code == 503
    labels = {"route": "/api/admin/users", "method": "GET", "status": "5xx"}
    assert figure_at(visitor, "curator_request_seconds_count", **labels) == 1


def test_sockets_are_counted_while_they_are_connected(house: WebHouse) -> None:
    with house.visitor("Ada") as ada:
        assert figure_at(ada, "curator_websockets") == 0
        with ada.websocket_connect("/ws"), ada.websocket_connect("/ws"):
            assert figure_at(ada, "curator_websockets") == 2
        until(lambda: figure_at(ada, "curator_websockets") == 0)
    stranger = house.visitor()
    assert figure_at(stranger, "curator_websockets") == 0


def test_live_updates_are_told_to_be_on_or_off() -> None:
    house = WebHouse(replace(CONFIG, rhythm=QUICK))
    with house.visitor() as visitor:
        until(lambda: figure_at(visitor, "curator_live_updates") == 1)
        house.progress.down = True
        house.progress.interrupt()
        until(lambda: figure_at(visitor, "curator_live_updates") == 0)


# What is down


def test_a_service_that_is_down_is_told_and_hides_nothing_of_the_other(house: WebHouse) -> None:
    assert {figure(house, "curator_up", service=each) for each in ("database", "redis")} == {1}
    house.meter.count(Figure.RESCUED)

    house.database.down = True
    assert figure(house, "curator_up", service="database") == 0
    assert figure(house, "curator_up", service="redis") == 1
    assert "curator_uploads" not in names(house)
    assert "curator_lease_rescues_total" in names(house)

    house.database.down, house.meter.down = False, True
    assert figure(house, "curator_up", service="database") == 1
    assert figure(house, "curator_up", service="redis") == 0
    assert "curator_uploads" in names(house)
    assert "curator_lease_rescues_total" not in names(house)


# Cheap, and nobody's business


def test_many_who_ask_at_once_are_one_look_at_the_services(house: WebHouse) -> None:
    looks, now = [], [100.0]

    class Figures:
        def stored(self) -> object:
            looks.append("database")
            return house.app.show_figures.stored()

        def counted(self) -> object:
            looks.append("redis")
            return house.app.show_figures.counted()

    metrics = Metrics(
        Figures(),  # type: ignore[arg-type] # as much of it as is asked
        house.web.state.live,
        Sockets(),
        RequestTimes(),
        keep=5,
        now=lambda: now[-1],
    )

    async def scraped() -> None:
        for moment, expected in ((100.0, 1), (104.9, 1), (105.0, 2)):
            now.append(moment)
            async with anyio.create_task_group() as scrapes:
                for _ in range(10):
                    scrapes.start_soon(metrics.shown, Request({"type": "http"}))
            assert sorted(looks) == sorted(["database", "redis"] * expected)

    anyio.run(scraped)


def test_no_figure_says_who_somebody_is() -> None:
    slow = Limits(limits=(Limit(action="upload", group="user", hits=6, seconds=60),))
    house = WebHouse(limits=slow)
    upload_id = house.an_accepted_upload()
    house.starts(upload_id)
    house.fails(upload_id, Failure(message="Ada's a-sequence and secret-sauce", code="oh"))
    house.process(house.an_accepted_upload("1002"))
    a_gate_closed_by(house, FaultKind.RATE_LIMITED)
    visitor = house.visitor("Grace")
    visitor.get("/auth/whoami?x=secret-sauce")
    text = visitor.get("/metrics").text
    assert "curator_gates_closed" in text
    for private in (*SECRETS, "Ada", "Grace", "a-sequence", "Bridge", "sauce", house.ada.id + ":"):
        assert private not in text, private
