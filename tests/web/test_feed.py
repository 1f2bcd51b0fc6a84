"""What a watched batch comes to, whatever the order in which it is heard of."""

import anyio

from curator_core.domain.errors import ServiceDown
from curator_core.domain.ids import BatchId, ImageId, UploadId
from curator_core.domain.upload import UploadStatus
from curator_core.ports.reports import UploadState
from curator_core.use_cases.watch_batch import Watched
from curator_web.feed import Feed
from curator_web.subscription import News, Subscription
from tests.builders import IN_PROGRESS, QUEUED

BATCH = BatchId(1)
COMPLETED = UploadStatus.COMPLETED


def a_state(upload_id: int = 1, status: UploadStatus = QUEUED) -> UploadState:
    return UploadState(
        id=UploadId(upload_id),
        batch_id=BATCH,
        status=status,
        image_id=ImageId(str(upload_id)),
        handler="mapillary",
    )


def watched(*states: UploadState) -> Watched:
    return Watched(states=states)


def joined(feed: Feed, *states: UploadState) -> Subscription:
    """A watcher whose list was read."""
    watcher = Subscription(BATCH)
    feed.join(watcher)
    feed.begin_reading()
    feed.end_reading(watched(*states))
    return watcher


def news(watcher: Subscription) -> News | None:
    """What there is to tell right now."""

    return anyio.run(watcher.news) if watcher.has_news else None


def test_a_watcher_gets_the_whole_list_first() -> None:
    watcher = joined(Feed(BATCH), a_state(1), a_state(2))
    assert news(watcher) == News(states=(a_state(1), a_state(2)), begins=True)
    assert news(watcher) is None


def test_an_empty_batch_begins_too_and_is_not_complete() -> None:
    assert news(joined(Feed(BATCH))) == News(begins=True)


def test_a_finished_batch_is_complete_at_once() -> None:
    watcher = joined(Feed(BATCH), a_state(1, COMPLETED))
    assert news(watcher) == News(states=(a_state(1, COMPLETED),), begins=True, is_complete=True)


def test_what_is_announced_while_the_list_is_read_is_not_lost() -> None:
    feed, watcher = Feed(BATCH), Subscription(BATCH)
    feed.join(watcher)
    feed.begin_reading()
    feed.announce(a_state(1, IN_PROGRESS))
    feed.end_reading(watched(a_state(1), a_state(2)))
    told = news(watcher)
    assert told is not None
    assert set(told.states) == {a_state(1, IN_PROGRESS), a_state(2)}


def test_an_old_announcement_undoes_no_ending() -> None:
    feed, watcher = Feed(BATCH), Subscription(BATCH)
    feed.join(watcher)
    feed.begin_reading()
    feed.announce(a_state(1, IN_PROGRESS))
    feed.end_reading(watched(a_state(1, COMPLETED)))
    feed.announce(a_state(1, IN_PROGRESS))
    told = news(watcher)
    assert told is not None
    assert told.states == (a_state(1, COMPLETED),)
    assert told.is_complete


def test_who_joins_during_a_reading_waits_for_the_next() -> None:
    feed, first, second = Feed(BATCH), Subscription(BATCH), Subscription(BATCH)
    feed.join(first)
    feed.begin_reading()
    feed.join(second)
    feed.end_reading(watched(a_state(1)))
    assert news(first) is not None
    assert news(second) is None
    feed.begin_reading()
    feed.end_reading(watched(a_state(1)))
    assert news(second) == News(states=(a_state(1),), begins=True)
    # To the first one, there was nothing new in it.
    assert news(first) is None


def test_a_slow_watcher_is_told_the_latest_of_each_upload() -> None:
    feed = Feed(BATCH)
    watcher = joined(feed, a_state(1), a_state(2))
    news(watcher)
    for _ in range(5000):
        feed.announce(a_state(1, IN_PROGRESS))
        feed.announce(a_state(1, QUEUED))
    feed.announce(a_state(1, IN_PROGRESS))
    assert news(watcher) == News(states=(a_state(1, IN_PROGRESS),))


def test_completeness_is_told_once_the_last_upload_is_finished() -> None:
    feed = Feed(BATCH)
    watcher = joined(feed, a_state(1), a_state(2))
    news(watcher)
    feed.announce(a_state(1, COMPLETED))
    assert news(watcher) == News(states=(a_state(1, COMPLETED),))
    feed.announce(a_state(2, COMPLETED))
    assert news(watcher) == News(states=(a_state(2, COMPLETED),), is_complete=True)


def test_a_batch_that_grows_again_is_not_complete() -> None:
    feed = Feed(BATCH)
    watcher = joined(feed, a_state(1))
    news(watcher)
    feed.announce(a_state(1, COMPLETED))
    feed.announce(a_state(2))
    told = news(watcher)
    assert told is not None
    assert not told.is_complete
    feed.announce(a_state(2, COMPLETED))
    told = news(watcher)
    assert told is not None
    assert told.is_complete


def test_a_list_that_cannot_be_read_yet_is_told_once_and_comes_later() -> None:
    feed, watcher = Feed(BATCH), Subscription(BATCH)
    down = ServiceDown("database", "it is away")
    feed.join(watcher)
    for _ in range(3):
        feed.begin_reading()
        feed.fail_reading(down)
    assert news(watcher) == News(outage=down)
    feed.begin_reading()
    feed.fail_reading(down)
    assert news(watcher) is None
    feed.begin_reading()
    feed.end_reading(watched(a_state(1)))
    assert news(watcher) == News(states=(a_state(1),), begins=True)


def test_a_batch_that_does_not_exist_is_missing() -> None:
    feed, watcher = Feed(BATCH), Subscription(BATCH)
    feed.join(watcher)
    feed.begin_reading()
    feed.end_reading(None)
    assert news(watcher) == News(is_missing=True)
    assert not feed.is_watched


def test_who_left_is_told_nothing_even_in_the_middle_of_a_reading() -> None:
    feed, watcher = Feed(BATCH), Subscription(BATCH)
    feed.join(watcher)
    feed.begin_reading()
    feed.leave(watcher)
    assert not feed.is_watched
    feed.end_reading(watched(a_state(1)))
    assert news(watcher) is None
