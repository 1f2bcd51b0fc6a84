"""Addresses of services, checked and in the one spelling that the adapters take."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from pydantic import SecretStr
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

TOOLSDB_HOST = "tools.db.svc.wikimedia.cloud"
_MYSQL = "mysql+pymysql"


def database(given: SecretStr) -> SecretStr:
    """`given` for SQLAlchemy with the driver that we have. Raises `ValueError`."""
    try:
        url = make_url(given.get_secret_value())
    except (ArgumentError, ValueError):
        # Without its cause: the text may hold a password.
        raise ValueError(
            "is not a database address. Write mysql://user:password@host/database or "
            "sqlite:////path/to/file; special characters in the password as %40 and the like."
        ) from None
    family = url.get_backend_name()
    if family in {"mysql", "mariadb"}:
        if not url.host or not url.database:
            raise ValueError("lacks a host or a database: mysql://user:password@host/database.")
        return _shown(url.set(drivername=_MYSQL))
    if family != "sqlite":
        raise ValueError(f"names a {family} database; Curator works with MariaDB and SQLite.")
    if not url.database or url.database == ":memory:":
        raise ValueError("names no file. Web and workers share one: sqlite:////path/to/file.")
    return _shown(url.set(drivername="sqlite"))


def toolsdb(user: str, password: SecretStr) -> SecretStr:
    """Toolforge's own database of a tool."""
    return _shown(
        URL.create(
            _MYSQL,
            username=user,
            password=password.get_secret_value(),
            host=TOOLSDB_HOST,
            database=f"{user}__curator",
        )
    )


def sqlite(path: str) -> SecretStr:
    """A database in a file."""
    return _shown(URL.create("sqlite", database=path))


def redis(host: str, port: int, password: SecretStr) -> SecretStr:
    """For redis-py and Celery alike."""
    secret = password.get_secret_value()
    user = f":{quote(secret, safe='')}@" if secret else ""
    return SecretStr(f"redis://{user}{f'[{host}]' if ':' in host else host}:{port}/0")


def host(given: str) -> str:
    """`given` if it is a host's name or address. Raises `ValueError`."""
    if "/" in given or "@" in given or any(each.isspace() for each in given):
        raise ValueError("has to be a host's name or address alone, without scheme and port.")
    return given


def web(given: str) -> str:
    """`given` without a slash at its end. Raises `ValueError`."""
    try:
        parts = urlsplit(given)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"has to be a web address (http:// or https://), not {given!r}.")
    return given.rstrip("/")


def script_path(given: str) -> str:
    """A wiki's script path. Raises `ValueError`."""
    if given.rstrip("/").endswith(".php"):
        raise ValueError(
            "has to be the wiki's script path, below which api.php lies, such as "
            f"https://commons.wikimedia.org/w; {given!r} is an address below it."
        )
    return web(given)


def origin(given: str) -> str:
    """A browser's `Origin`: scheme, host and port. Raises `ValueError`."""
    address = web(given)
    if urlsplit(address).path or urlsplit(address).query:
        raise ValueError(f"holds {given!r}; an origin is scheme, host and port alone.")
    return address


def _shown(url: URL) -> SecretStr:
    return SecretStr(url.render_as_string(hide_password=False))
