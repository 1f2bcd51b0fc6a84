"""What only shows behind the real server."""

import resource

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from curator_web.serving import allow_many_connections
from tests.web.house import WebHouse, connected, serving

MIB = 1024 * 1024


def test_a_stranger_is_refused_before_the_upgrade(house: WebHouse) -> None:
    with serving(house.web) as (port, _):
        for headers in ({}, {"Cookie": "curator_session=forged"}):
            with pytest.raises(InvalidStatus) as refused:
                connect(f"ws://127.0.0.1:{port}/ws", additional_headers=headers)
            assert refused.value.response.status_code == 403
            assert refused.value.response.body == b'{"detail":"Please log in first."}'


def test_another_sites_page_is_refused_before_the_upgrade(house: WebHouse) -> None:
    with serving(house.web) as (port, _):
        headers = {"Cookie": house.cookie()}
        address = f"ws://127.0.0.1:{port}/ws"
        with pytest.raises(InvalidStatus) as refused:
            connect(address, additional_headers=headers, origin=Origin("https://evil.example"))
        assert refused.value.response.status_code == 403
        ours = Origin(f"http://127.0.0.1:{port}")
        with connect(address, additional_headers=headers, origin=ours) as socket:
            socket.send('{"type": "CREATE_BATCH"}')
            assert "BATCH_CREATED" in str(socket.recv(timeout=10))


def test_a_frame_beyond_the_limit_is_answered_and_one_beyond_reason_ends_the_connection(
    house: WebHouse,
) -> None:
    with serving(house.web) as (port, _), connected(house, port) as client:
        client.send("FETCH_IMAGES", "x" * 5 * MIB)
        assert "A message has at most" in client.expect("ERROR")
        client.send("CREATE_BATCH")
        client.expect("BATCH_CREATED")
        # How long it is stands at its beginning. Who has sent more when the connection ends may not
        # hear why.
        client.socket.socket.sendall(b"\x81\xff" + (9 * MIB).to_bytes(8, "big"))
        with pytest.raises(ConnectionClosed) as closed:
            client.receive()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


def test_a_client_that_offers_compression_is_not_taken_up_on_it(house: WebHouse) -> None:
    with serving(house.web) as (port, _), connected(house, port, compression="deflate") as client:
        assert client.socket.request is not None
        assert client.socket.response is not None
        assert "permessage-deflate" in client.socket.request.headers["Sec-WebSocket-Extensions"]
        assert "Sec-WebSocket-Extensions" not in client.socket.response.headers


def test_a_process_that_may_open_few_files_asks_for_more() -> None:
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = 512
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))
    try:
        allow_many_connections()
        assert few < resource.getrlimit(resource.RLIMIT_NOFILE)[0] <= 65_536
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (now, most))
