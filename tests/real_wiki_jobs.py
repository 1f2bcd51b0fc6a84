"""What a private MediaWiki does in the background: assembling and publishing large files."""

from __future__ import annotations

import shutil

from tests.real_wiki import MAINTENANCE, RealWiki, run

_TYPES = ("AssembleUploadChunks", "PublishStashedFile")
"""MediaWiki leaves both out of its default queue (`$wgJobTypesExcludedFromDefaultQueue`): a runner
that is not told their names says that there is nothing to do."""


def run_jobs(wiki: RealWiki) -> None:
    """Does what was left for the background, in a process of its own."""
    php = shutil.which("php")
    assert php is not None
    with wiki.database("wiki_jobqueue") as queue:
        waiting = {name for (name,) in queue.execute("SELECT CAST(job_cmd AS TEXT) FROM job")}
    for name in sorted(waiting.intersection(_TYPES)):
        run([php, str(MAINTENANCE / "runJobs.php"), "--type", name], wiki.environment)


def lose_jobs(wiki: RealWiki) -> None:
    """What waits is dropped, and what came of anything is forgotten."""
    with wiki.database("wiki_jobqueue") as queue:
        queue.execute("DELETE FROM job")
    wiki.lose_sessions()


def versions(wiki: RealWiki, title: str) -> int:
    """How many versions the file of this title has."""
    name = title.replace(" ", "_")
    with wiki.database("wiki") as database:
        (count,) = database.execute(
            "SELECT (SELECT COUNT(*) FROM image WHERE CAST(img_name AS TEXT) = ?)"
            " + (SELECT COUNT(*) FROM oldimage WHERE CAST(oi_name AS TEXT) = ?)",
            (name, name),
        ).fetchone()
    return int(count)
