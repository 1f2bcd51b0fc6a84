"""What all sessions with a wiki share."""

from threading import Event, Thread

import pytest

from curator_adapters.mediawiki.wiki_facts import WikiFacts

SECONDS = 10.0


def never() -> int:
    raise AssertionError("it is known already")


def test_the_largest_size_is_asked_once() -> None:
    facts = WikiFacts()
    assert facts.max_size(lambda: 100) == 100
    assert facts.max_size(never) == 100


def test_it_is_asked_again_where_the_wiki_did_not_answer() -> None:
    facts = WikiFacts()
    with pytest.raises(ZeroDivisionError):
        facts.max_size(lambda: 1 // 0)
    assert facts.max_size(lambda: 100) == 100


def test_a_request_that_hangs_holds_up_nobody_else() -> None:
    facts = WikiFacts()
    asked, answer, others_done = Event(), Event(), Event()

    def hangs() -> int:
        asked.set()
        answer.wait(SECONDS)
        return 100

    def another() -> None:
        facts.max_size(lambda: 100)
        others_done.set()

    threads = [Thread(target=facts.max_size, args=[hangs]), Thread(target=another)]
    threads[0].start()
    assert asked.wait(SECONDS)
    threads[1].start()
    done = others_done.wait(SECONDS / 5)
    answer.set()
    for thread in threads:
        thread.join()
    assert done
