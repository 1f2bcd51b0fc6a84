"""The properties and items of Wikidata that the sandbox knows by name."""

from dataclasses import dataclass

CONCEPTS = "http://www.wikidata.org/entity/"


@dataclass(frozen=True, slots=True)
class Property:
    """A property's English name and the type of its values."""

    label: str
    datatype: str

    @property
    def value_type(self) -> str:
        """The type of the data value (capture siteinfo, `wikibase-propertytypes`)."""
        return {
            "wikibase-item": "wikibase-entityid",
            "globe-coordinate": "globecoordinate",
            "quantity": "quantity",
            "time": "time",
            "monolingualtext": "monolingualtext",
        }.get(self.datatype, "string")


PROPERTIES = {
    "P137": Property("operator", "wikibase-item"),
    "P170": Property("creator", "wikibase-item"),
    "P180": Property("depicts", "wikibase-item"),
    "P275": Property("copyright license", "wikibase-item"),
    "P459": Property("determination method", "wikibase-item"),
    "P571": Property("inception", "time"),
    "P625": Property("coordinate location", "globe-coordinate"),
    "P813": Property("retrieved", "time"),
    "P854": Property("reference URL", "url"),
    "P973": Property("described at URL", "url"),
    "P1163": Property("media type", "string"),
    "P1259": Property("coordinates of the point of view", "globe-coordinate"),
    "P1433": Property("published in", "wikibase-item"),
    "P1476": Property("title", "monolingualtext"),
    "P1947": Property("Mapillary photo ID", "external-id"),
    "P2048": Property("height", "quantity"),
    "P2049": Property("width", "quantity"),
    "P2093": Property("author name string", "string"),
    "P2699": Property("URL", "url"),
    "P3267": Property("Flickr user ID", "external-id"),
    "P3831": Property("object has role", "wikibase-item"),
    "P4082": Property("captured with", "wikibase-item"),
    "P4174": Property("Wikimedia username", "external-id"),
    "P6216": Property("copyright status", "wikibase-item"),
    "P7482": Property("source of file", "wikibase-item"),
    "P7787": Property("heading", "quantity"),
    "P8327": Property("intended subject", "wikibase-item"),
    "P9149": Property("coordinates of depicted place", "globe-coordinate"),
    "P12120": Property("Flickr photo ID", "external-id"),
    "P13988": Property("Mapillary username", "external-id"),
}
ITEMS = {
    "Q2": "Earth",
    "Q28390": "degree",
    "Q103204": "Flickr",
    "Q355198": "pixel",
    "Q6938433": "CC0",
    "Q17985544": "Mapillary",
    "Q18199165": "CC BY-SA 4.0",
    "Q20007257": "CC BY 4.0",
    "Q26757498": "Mapillary",
    "Q33231": "photographer",
    "Q50423863": "copyrighted",
    "Q74228490": "file available on the internet",
}
# Wikidata has no item beyond this; the captures' Q999999999 is not found either.
LAST_ITEM = 500_000_000

_LANGUAGE_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu "
    "hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb "
    "lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om "
    "or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv "
    "sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu "
    "als arz ast bar bjn bcl ceb ckb cbk dsb frr fur gsw hak haw hsb ilo ksh lij lmo lzh mai mul "
    "nan nap nds pms pnb rue sah scn sco sgs simple smn stq szl tly tyv vec vep vls vro war wuu "
    "xmf yue zea mis und"
)
_LANGUAGES = frozenset(_LANGUAGE_CODES.split())


def is_language(code: str) -> bool:
    """Whether Wikibase knows `code`, judged by its first part (capture wb-label-bad-language)."""
    first, _, rest = code.partition("-")
    return (
        first in _LANGUAGES
        and code == code.lower()
        and rest.replace("-", "a").isalnum() | (not rest)
    )
