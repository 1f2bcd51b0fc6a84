"""What the demonstration uploads: a described picture each."""

from __future__ import annotations

from typing import Any

_WIKITEXT = """\
=={{{{int:filedesc}}}}==
{{{{Information
|description={{{{en|1={description}}}}}
|date={{{{taken on|{date}}}}}
|source={{{{Mapillary-source|key={id}}}}}
|author=[{profile} {creator}]
}}}}
{place}
=={{{{int:license-header}}}}==
{{{{cc-by-sa-4.0}}}}

[[Category:Photographs brought by Curator]]
"""


def described(image: dict[str, Any], number: int, collection: str) -> dict[str, Any]:
    """The contract's `UploadItem` for a picture of the collection, the `number`th from 1."""
    date = image["dates"]["taken"][:10]
    caption = f"View {number} along a street, photographed on {date}"
    location = image["location"]
    place = ""
    if location.get("located", True):
        place = f"{{{{Location|{location['latitude']}|{location['longitude']}}}}}"
    wikitext = _WIKITEXT.format(
        description=caption,
        date=date,
        id=image["id"],
        profile=image["creator"]["profile_url"],
        creator=image["creator"]["username"],
        place=place,
    )
    return {
        "id": image["id"],
        "input": collection,
        "title": image["title"],
        "wikitext": wikitext,
        "labels": {"language": "en", "value": caption},
    }
