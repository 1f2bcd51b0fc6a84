"""A contributor asks which titles of a batch will do before it starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from curator_core.domain.errors import Faulted
from curator_core.domain.retry import Step
from curator_core.domain.title import IllegalTitle, Title
from curator_core.domain.user import AccessToken, User
from curator_core.ports.titles import AT_ONCE, NameFound
from curator_core.ports.wiki import Wiki, Wikis
from curator_core.use_cases.persistence import Persistence


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleVerdict:
    """What is to be said of a title as it was written: `spelled` is the name that the file would
    get (empty where it could have none), `problem` a sentence, empty where it will do."""

    written: str
    spelled: str = ""
    problem: str = ""

    @property
    def will_do(self) -> bool:
        """Whether nothing is known that speaks against it."""
        return not self.problem


@dataclass(frozen=True, slots=True, kw_only=True)
class TitlesChecked:
    """A verdict on each title, in the order asked; `wiki_was_asked` is False where the wiki did
    not answer (for all of them), so that only their form is known."""

    verdicts: tuple[TitleVerdict, ...]
    wiki_was_asked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckTitles:
    """- A title has a legal form: length in bytes, characters, extension.
    - No title stands in the batch twice, in any spelling.
    - The wiki has no file, and no page, of that name, and would spell it the same; that is asked
      for 50 titles a request.
    - The title blacklist is asked only for the first few, since that takes a request each: what
      is not asked now is asked when the file is uploaded.
    - A wiki that does not answer keeps nobody from starting a batch.
    """

    wikis: Wikis
    persistence: Persistence

    def __call__(
        self, *, user: User, token: AccessToken, titles: Sequence[str], blacklist_for: int = 20
    ) -> TitlesChecked:
        """The verdicts; `blacklist_for` is for how many titles the blacklist is asked at most."""
        verdicts = list(_of_form(titles))
        wiki = self.wikis.session(user.id, token)
        try:
            self._ask_for_names(wiki, verdicts)
            self._ask_the_blacklist(wiki, verdicts, blacklist_for)
        except Faulted:
            return TitlesChecked(verdicts=tuple(verdicts), wiki_was_asked=False)
        return TitlesChecked(verdicts=tuple(verdicts), wiki_was_asked=True)

    def _ask_for_names(self, wiki: Wiki, verdicts: list[TitleVerdict]) -> None:
        open_ones = _still_open(verdicts)
        for start in range(0, len(open_ones), AT_ONCE):
            places = open_ones[start : start + AT_ONCE]
            names = [Title(verdicts[place].spelled) for place in places]
            found = self.persistence.attempt(Step.REQUEST, partial(wiki.titles.look_up, names))
            for place, each in zip(places, found, strict=True):
                verdict = replace(verdicts[place], spelled=each.spelled)
                verdicts[place] = replace(verdict, problem=_problem(each))

    def _ask_the_blacklist(self, wiki: Wiki, verdicts: list[TitleVerdict], at_most: int) -> None:
        for place in _still_open(verdicts)[:at_most]:
            title = Title.of(verdicts[place].spelled)
            reason = self.persistence.attempt(
                Step.REQUEST, partial(wiki.titles.blacklist_reason, title)
            )
            if reason is not None:
                verdicts[place] = replace(verdicts[place], problem=reason)


def _of_form(titles: Sequence[str]) -> Iterator[TitleVerdict]:
    seen: set[str] = set()
    for written in titles:
        try:
            spelled = Title.of(written).text
        except IllegalTitle as illegal:
            yield TitleVerdict(written=written, problem=str(illegal))
            continue
        told = "" if spelled not in seen else "Another picture of the batch has this title."
        seen.add(spelled)
        yield TitleVerdict(written=written, spelled=spelled, problem=told)


def _still_open(verdicts: Sequence[TitleVerdict]) -> list[int]:
    return [place for place, verdict in enumerate(verdicts) if verdict.will_do]


def _problem(found: NameFound) -> str:
    if found.refusal:
        return found.refusal
    if found.has_file:
        return "The wiki has a file of this name already."
    if found.has_page:
        return "The wiki has a page of this name already, without a file."
    return ""
