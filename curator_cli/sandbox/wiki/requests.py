"""One request to the wiki, read whole: parameters, files and who signed it."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import UploadFile
from starlette.requests import Request

from curator_cli.sandbox.wiki.errors import missing_parameter
from curator_cli.sandbox.wiki.signature import Pairs, SignedRequest, header_parameters

# A form's text fields are held in memory; its files are spooled to disk by Starlette.
_LARGEST_FIELD = 16 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class Parameters:
    """The parameters of a request; the body's win over the query's.

    A flag is set by being there at all, whatever its value: `ignorewarnings=0` ignores warnings.
    """

    values: dict[str, str]
    files: dict[str, UploadFile] = field(default_factory=dict)
    in_query: frozenset[str] = frozenset()

    def get(self, name: str, default: str = "") -> str:
        return self.values.get(name, default)

    def has(self, name: str) -> bool:
        return name in self.values or name in self.files

    def flag(self, name: str) -> bool:
        return name in self.values

    def required(self, name: str) -> str:
        """The value, or the error that it is missing."""
        if name not in self.values:
            raise missing_parameter(name)
        return self.values[name]

    def many(self, name: str, default: str = "") -> list[str]:
        """The values of a parameter that takes several."""
        text = self.get(name, default)
        if text.startswith("\x1f"):
            return text[1:].split("\x1f")
        return [part for part in text.split("|") if part]

    def number(self, name: str, default: int = 0) -> int:
        """The value as a whole number; what is none counts as `default`."""
        try:
            return int(self.get(name))
        except ValueError:
            return default


@dataclass(slots=True, kw_only=True)
class WikiRequest:
    """What came over the wire."""

    method: str
    parameters: Parameters
    signed: SignedRequest | None

    @property
    def was_posted(self) -> bool:
        return self.method == "POST"


def _address(request: Request) -> str:
    parts = urlsplit(str(request.url))
    host = parts.hostname or ""
    default = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port and parts.port != default else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


async def read_request(request: Request) -> WikiRequest:
    """Reads query, body and signature of `request`; chunks of a file land on disk."""
    query = parse_qsl(request.url.query, keep_blank_values=True)
    body: Pairs = []
    files: dict[str, UploadFile] = {}
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.method == "POST" and kind in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        form = await request.form(max_part_size=_LARGEST_FIELD)
        for name, value in form.multi_items():
            if isinstance(value, str):
                body.append((name, value))
            else:
                files[name] = value
    signed_body = body if kind != "multipart/form-data" else []
    oauth = header_parameters(request.headers.get("authorization", ""))
    parameters = Parameters(
        values=dict(query) | dict(body),
        files=files,
        in_query=frozenset(name for name, _ in query) - frozenset(name for name, _ in body),
    )
    signed = SignedRequest(
        method=request.method,
        address=_address(request),
        parameters=[*query, *signed_body],
        oauth=oauth,
    )
    return WikiRequest(
        method=request.method, parameters=parameters, signed=signed if oauth else None
    )
