"""The demonstration from beginning to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from curator_cli.demo.batch import described
from curator_cli.demo.checks import Check, Photograph, look, photographs, requests_for_each_file
from curator_cli.demo.contributor import Contributor, Conversation
from curator_cli.demo.house import KEPT_FOR_SECONDS, House
from curator_cli.demo.progress import Tally, shown

ACCOUNT = "Sandbox photographer"
SEQUENCE = "demo"
_TABLE_WIDTH = 190


@dataclass(slots=True, kw_only=True)
class Story:
    """One contributor brings one sequence to the wiki, and looks whether it is there.

    `kill_worker_after`: so many files into the batch the worker is killed (`kill -9`), and
    another started.
    """

    house: House
    console: Console
    kill_worker_after: int | None = None
    _undisturbed: bool = True

    def tell(self) -> bool:
        """Whether everything went as it should."""
        contributor = Contributor(self.house.web_url)
        name = contributor.log_in(ACCOUNT)
        self._say(f"Logged in as {name}, through the wiki's OAuth handshake")
        sequence, expected = photographs(self.house.sandbox_url, SEQUENCE)
        with contributor.connected() as conversation:
            images = conversation.load(sequence)
            total = sum(one.size for one in expected) / 1e6
            self._say(f"Loaded {len(images)} photographs of sequence {sequence} ({total:.1f} MB)")
            titles = {image["id"]: image["title"] for image in images}
            tally = self._upload(conversation, images, sequence, expected)
        self._table(tally, titles)
        return self._checked(expected, titles)

    def _upload(
        self,
        conversation: Conversation,
        images: list[dict[str, Any]],
        sequence: str,
        expected: list[Photograph],
    ) -> Tally:
        batch_id = conversation.create_batch()
        items = [described(image, number, sequence) for number, image in enumerate(images, 1)]
        tally = Tally(sizes={one.id: one.size for one in expected})
        accepted = conversation.add(batch_id, items)
        queued = sum(one["status"] == "queued" for one in accepted)
        self._say(f"Batch {batch_id}: {queued} of {len(items)} uploads accepted")
        with shown(self.console, tally) as view:
            for changed in conversation.watch(batch_id):
                tally.take(changed)
                view.show()
                self.house.require_all()
                if self.kill_worker_after is not None and tally.files >= self.kill_worker_after:
                    self._replace_worker()
        self._say(f"Done in {tally.seconds:.1f} s, at {tally.per_minute:.0f} files a minute")
        return tally

    def _replace_worker(self) -> None:
        self.kill_worker_after = None
        self._undisturbed = False
        self.house.replace_worker()
        self._say(
            "The worker was killed and another started; what it held is free again in "
            f"{KEPT_FOR_SECONDS} s"
        )

    def _table(self, tally: Tally, titles: Mapping[str, str]) -> None:
        requests = requests_for_each_file(self.house.sandbox_url, list(titles.values()))
        table = Table("Title", "Outcome", "Address", "Time", "Wiki requests", box=SIMPLE)
        for column in table.columns:
            column.no_wrap = True
        for key, title in titles.items():
            upload = tally.uploads.get(key, {"status": "never seen"})
            outcome = upload["status"]
            if "error" in upload:
                outcome += f": {upload['error']['message']}"
            ended = tally.ended.get(key)
            table.add_row(
                title,
                outcome,
                upload.get("success", ""),
                f"{ended:.1f} s" if ended is not None else "",
                str(len(requests[title])),
            )
        # As wide as it is, whatever the terminal: that breaks lines by itself, and an address
        # that was cut would be of no use.
        Console(file=self.console.file, width=_TABLE_WIDTH, highlight=False).print(table)

    def _checked(self, expected: list[Photograph], titles: Mapping[str, str]) -> bool:
        checks = look(self.house.sandbox_url, expected, titles, undisturbed=self._undisturbed)
        self._say("Checked on the wiki:")
        for check in checks:
            self._tell_check(check)
        return not any(check.amiss for check in checks)

    def _tell_check(self, check: Check) -> None:
        self._say(f"  {'NO ' if check.amiss else 'yes'}  {check.what}")
        for sentence in check.amiss:
            self._say(f"         {sentence}")

    def _say(self, sentence: str) -> None:
        self.console.print(sentence, markup=False)
