"""Titles and file names, made legal or refused as MediaWiki does it."""

import re
from dataclasses import dataclass
from urllib.parse import quote

LONGEST_FILE_NAME = 240
_LONGEST_TITLE = 255
ALLOWED_EXTENSIONS = (
    "png", "gif", "jpg", "jpeg", "webp", "tiff", "tif", "xcf", "mid", "ogg", "ogv", "svg", "djvu",
    "oga", "flac", "opus", "wav", "webm", "mp3", "mpg", "mpeg", "pdf", "stl", "midi",
)  # fmt: skip
_PROHIBITED_EXTENSIONS = (
    "html", "htm", "js", "jsb", "mhtml", "mht", "xhtml", "xht", "php", "phtml", "php3", "php4",
    "php5", "phps", "phar", "shtml", "jhtml", "pl", "py", "cgi", "exe", "scr", "dll", "msi",
    "vbs", "bat", "com", "pif", "cmd", "vxd", "cpl", "xml",
)  # fmt: skip
_NOT_LEGAL_IN_A_NAME = re.compile(r"[\x00-\x1f#<>\[\]|{}\x7f:/\\]")
_NOT_LEGAL_IN_A_TITLE = re.compile(
    r"[\x00-\x1f#<>\[\]|{}\x7f\ufffd]|%[0-9A-Fa-f]{2}|&[A-Za-z0-9\x80-\U0010ffff]+;|&#[0-9]+;"
    r"|&#x[0-9A-Fa-f]+;|~~~"
)
_SPACES = re.compile(r"[ _\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_DIRECTION_MARKS = re.compile(r"[\u200e\u200f\u202a-\u202e]")
NAMESPACES = {
    -1: "Special", 0: "", 1: "Talk", 2: "User", 3: "User talk", 4: "Commons", 5: "Commons talk",
    6: "File", 7: "File talk", 8: "MediaWiki", 10: "Template", 14: "Category",
}  # fmt: skip
_ALIASES = {name.lower(): number for number, name in NAMESPACES.items() if name} | {
    "image": 6, "project": 4, "image talk": 7,
}  # fmt: skip
FILE_NAMESPACE = 6


@dataclass(frozen=True, slots=True)
class Title:
    """A page's name: its namespace and the text after the colon, with spaces."""

    namespace: int
    text: str

    @property
    def full(self) -> str:
        """With prefix and spaces: `File:A b.jpg`."""
        prefix = NAMESPACES[self.namespace]
        return f"{prefix}:{self.text}" if prefix else self.text

    @property
    def key(self) -> str:
        """Without prefix, with underscores: `A_b.jpg`."""
        return self.text.replace(" ", "_")

    @property
    def path(self) -> str:
        """With prefix and underscores, escaped for an address."""
        return quote(self.full.replace(" ", "_"), safe=":;@$!*(),/~")


def _cleaned(text: str) -> str:
    text = _SPACES.sub(" ", _DIRECTION_MARKS.sub("", text)).strip(" ")
    return text[:1].upper() + text[1:]


def file_title(name: str) -> Title | None:
    """Returns the title of the file called `name`, or `None` where that is not legal."""
    text = _cleaned(name)
    illegal = not text or text.startswith(":") or _NOT_LEGAL_IN_A_TITLE.search(text)
    if illegal or len(text.encode()) > _LONGEST_TITLE:
        return None
    return Title(FILE_NAMESPACE, text)


def parse_title(text: str) -> Title | None:
    """Returns the title that `text` names, in whatever namespace, or `None` if it is illegal."""
    text = _cleaned(text)
    prefix, colon, rest = text.partition(":")
    namespace = _ALIASES.get(prefix.strip().lower().replace("_", " ")) if colon else None
    name = _cleaned(rest) if namespace is not None else text
    if not name or _NOT_LEGAL_IN_A_TITLE.search(name) or len(name.encode()) > _LONGEST_TITLE:
        return None
    return Title(namespace or 0, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameVerdict:
    """What MediaWiki makes of a desired file name.

    `problem` is `""` or one of `illegal-filename`, `filename-toolong`, `filename-tooshort`,
    `filetype-missing`, `filetype-banned`; `title` is present where there is none.
    """

    title: Title | None = None
    problem: str = ""
    extension: str = ""
    banned: tuple[str, ...] = ()


def judge_name(desired: str, guessed_extension: str) -> NameVerdict:
    """Turns the name that an upload asks for into a title, or says what is wrong with it.

    `guessed_extension` is what the content looks like, for names without one (capture
    verify-no-extension-on-commit). Every other rule is one of the `verify-name-*` captures.
    """
    named = parse_title(desired)
    filtered = named.key if named and named.namespace == FILE_NAMESPACE else desired
    if len(filtered.encode()) > LONGEST_FILE_NAME:
        return NameVerdict(problem="filename-toolong")
    title = file_title(_NOT_LEGAL_IN_A_NAME.sub("-", filtered))
    if title is None:
        return NameVerdict(problem="illegal-filename")
    stem, *extensions = title.key.split(".")
    if not extensions and guessed_extension:
        extensions = [guessed_extension]
        title = Title(FILE_NAMESPACE, f"{title.text}.{guessed_extension}")
    if not extensions or not extensions[-1].strip():
        return NameVerdict(problem="filetype-missing")
    banned = tuple(part for part in extensions if part.lower() in _PROHIBITED_EXTENSIONS)
    extension = extensions[-1].lower()
    if banned or extension not in ALLOWED_EXTENSIONS:
        return NameVerdict(problem="filetype-banned", extension=extension, banned=banned)
    if not stem and len(extensions) == 1:
        return NameVerdict(problem="filename-tooshort")
    return NameVerdict(title=title, extension=extension)


def was_altered(desired: str, title: Title) -> bool:
    """Whether `title` differs from the desired name by more than spaces and its first letter."""
    comparable = desired.replace(" ", "_")
    comparable = comparable[:1].upper() + comparable[1:]
    return title.key not in (desired, comparable)
