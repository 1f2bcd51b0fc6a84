"""What the `data` of `wbeditentity` makes of a file's structured data."""

import json
import re
import uuid
from typing import Any

from curator_cli.sandbox.wiki.errors import ApiError, Json, wikibase_error
from curator_cli.sandbox.wiki.pages import Entity
from curator_cli.sandbox.wiki.properties import is_language
from curator_cli.sandbox.wiki.snaks import clean_snak, corrupt, modification_failed, shortened

_LONGEST_LABEL = 250
Labels = dict[str, dict[str, str]]
Statements = dict[str, list[Json]]


def parse_data(text: str) -> Json:
    """Reads the `data` parameter (capture wb-bad-json)."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        raise wikibase_error(
            "invalid-json", "Invalid json in request.", ("wikibase-api-invalid-json", [])
        )
    return data


def changed(entity: Entity, data: Json, entity_id: str) -> Entity:
    """Returns `entity` as `data` changes it; the key `statements` changes nothing."""
    return Entity(
        labels=_changed_terms(entity.labels, data.get("labels")),
        descriptions=_changed_terms(entity.descriptions, data.get("descriptions")),
        statements=_changed_statements(entity.statements, data.get("claims"), entity_id),
    )


def conflicts(base: Entity, latest: Entity, data: Json) -> bool:
    """Whether `data`, meant for `base`, cannot be patched into `latest`.

    - A term that somebody else changed (capture `wb-edit-stale-baserevid-conflict`).
    - A statement that somebody else removed. One that they changed is no conflict: Wikibase puts
      the new one in its place, and a statement without an id beside all others (its
      `StatementListPatcher`, which `MediaInfoPatcher` uses; never captured).
    """
    terms = (
        (base.labels, latest.labels, data.get("labels")),
        (base.descriptions, latest.descriptions, data.get("descriptions")),
    )
    if any(
        before.get(language) != now.get(language)
        for before, now, given in terms
        for language in (str(term.get("language")) for term in _listed(given))
    ):
        return True
    removed = _ids(base) - _ids(latest)
    return any(claim.get("id") in removed for claim in _flat_claims(data.get("claims")))


def _ids(entity: Entity) -> set[str]:
    return {statement["id"] for group in entity.statements.values() for statement in group}


def _listed(terms: Any) -> list[Json]:
    if not terms:
        return []
    values = terms.values() if isinstance(terms, dict) else terms
    if not isinstance(terms, (dict, list)) or not all(isinstance(one, dict) for one in values):
        raise ApiError("not-recognized-array", "The terms must be objects.")
    return list(values)


def _changed_terms(present: Labels, terms: Any) -> Labels:
    result = dict(present)
    for term in _listed(terms):
        language = str(term.get("language", ""))
        if not is_language(language):
            raise wikibase_error(
                "not-recognized-language",
                f'The supplied language code "{language}" was not recognized.',
                ("wikibase-api-not-recognized-language", [language]),
            )
        value = " ".join(str(term.get("value", "")).split())
        if len(value) > _LONGEST_LABEL:
            raise modification_failed(
                f"Label must be no more than {_LONGEST_LABEL} characters long",
                "wikibase-validator-label-too-long",
                str(_LONGEST_LABEL),
                shortened(value),
            )
        if "remove" in term or not value:
            # Capture wb-label-empty: an empty caption deletes the one that is there.
            result.pop(language, None)
        else:
            result[language] = {"language": language, "value": value}
    return result


def _flat_claims(claims: Any) -> list[Json]:
    if not claims:
        return []
    if isinstance(claims, dict):
        if not all(isinstance(group, list) for group in claims.values()):
            raise corrupt("Claims must be lists")
        claims = [claim for group in claims.values() for claim in group]
    if not isinstance(claims, list) or not all(isinstance(claim, dict) for claim in claims):
        raise corrupt("Claims must be objects")
    return claims


def _changed_statements(present: Statements, claims: Any, entity_id: str) -> Statements:
    result = {name: list(statements) for name, statements in present.items()}
    for claim in _flat_claims(claims):
        if "remove" in claim:
            _remove(result, str(claim.get("id", "")))
            continue
        statement = _clean_statement(claim, entity_id)
        group = result.setdefault(statement["mainsnak"]["property"], [])
        ids = [one["id"] for one in group]
        if statement["id"] in ids:
            group[ids.index(statement["id"])] = statement
        else:
            group.append(statement)
    return {name: statements for name, statements in result.items() if statements}


def _remove(statements: Statements, statement_id: str) -> None:
    for name, group in statements.items():
        kept = [one for one in group if one["id"] != statement_id]
        if len(kept) < len(group):
            statements[name] = kept
            return
    raise wikibase_error("invalid-guid", "Invalid claim guid.", ("wikibase-api-invalid-guid", []))


def _clean_statement(claim: Json, entity_id: str) -> Json:
    rank = claim.get("rank", "normal")
    if rank not in ("normal", "preferred", "deprecated"):
        raise corrupt(f"Unknown rank {rank}")
    statement: Json = {"mainsnak": clean_snak(claim.get("mainsnak")), "type": "statement"}
    if claim.get("qualifiers"):
        statement |= _clean_snaks(claim["qualifiers"], claim.get("qualifiers-order"), "qualifiers")
    statement["id"] = _statement_id(claim, entity_id)
    statement["rank"] = rank
    references = claim.get("references") or []
    if references:
        statement["references"] = [_clean_reference(one) for one in references]
    return statement


def _clean_snaks(snaks: Any, order: Any, name: str) -> Json:
    listed = snaks if isinstance(snaks, list) else _flat_claims(snaks)
    grouped: dict[str, list[Json]] = {}
    for property_name in order or []:
        grouped.setdefault(str(property_name), [])
    for snak in listed:
        cleaned = clean_snak(snak)
        grouped.setdefault(cleaned["property"], []).append(cleaned)
    grouped = {key: value for key, value in grouped.items() if value}
    return {name: grouped, f"{name}-order": list(grouped)}


def _clean_reference(reference: Any) -> Json:
    if not isinstance(reference, dict):
        raise corrupt("A reference must be an object")
    snaks = _clean_snaks(reference.get("snaks"), reference.get("snaks-order"), "snaks")
    digests = [snak["hash"] for group in snaks["snaks"].values() for snak in group]
    return {"hash": uuid.uuid5(uuid.NAMESPACE_OID, "".join(digests)).hex, **snaks}


def _statement_id(claim: Json, entity_id: str) -> str:
    given = claim.get("id")
    if given is None:
        return f"{entity_id}${str(uuid.uuid4()).upper()}"
    if not re.fullmatch(rf"(?i){entity_id}\$[0-9A-F-]{{36}}", str(given)):
        raise wikibase_error(
            "modification-failed",
            "Claim does not have the right id.",
            ("wikibase-api-invalid-guid", []),
        )
    return str(given)
