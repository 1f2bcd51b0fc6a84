"""Faults by chance, and by seed."""

import requests

from tests.cli.sandbox.client import TIMEOUT, WikiClient, control


def statuses(base: str, client: WikiClient, seed: int) -> list[str]:
    """What becomes of a fixed sequence of requests."""
    control(base, "faults", seed=seed, rate=0.5)
    told = []
    try:
        for _ in range(40):
            asked = {"action": "query", "meta": "tokens", "format": "json", "formatversion": "2"}
            try:
                answer = client.http.get(f"{base}/w/api.php", params=asked, timeout=TIMEOUT)
                told.append(f"{answer.status_code} {answer.text[:60]}")
            except requests.RequestException:
                told.append("cut")
    finally:
        requests.delete(f"{base}/sandbox/faults", timeout=TIMEOUT)
    return ["good" if "csrftoken" in each else each for each in told]


def test_the_same_seed_gives_the_same_faults_to_the_same_requests(
    base: str, client: WikiClient
) -> None:
    first = statuses(base, client, 7)
    assert first == statuses(base, client, 7)
    assert first != statuses(base, client, 8)
    assert 5 < first.count("good") < 35


def test_what_struck_is_counted_and_ends_when_it_is_told_to(base: str, client: WikiClient) -> None:
    faulty = [each for each in statuses(base, client, 7) if each != "good"]
    fired = requests.get(f"{base}/sandbox/faults", timeout=TIMEOUT).json()
    assert sum(fired.values()) == len(faulty)
    assert "query" in client.get(action="query", meta="tokens")


def test_a_kind_that_there_is_not_is_refused(base: str) -> None:
    asked = {"seed": 1, "rate": 0.1, "kinds": ["earthquake"]}
    answer = requests.post(f"{base}/sandbox/faults", json=asked, timeout=TIMEOUT)
    assert answer.status_code == 400
    assert "kinds are" in answer.text
