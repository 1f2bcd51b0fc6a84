"""The configuration: environment variables and `.env`, read once."""

from curator_adapters.settings.settings import Settings

__all__ = ["Settings"]
