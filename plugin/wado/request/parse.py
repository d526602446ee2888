"""Text to `WadoRequest`: each parameter by its row, then the rules between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wado.errors import BadRequest
from wado.request.model import WadoRequest
from wado.request.parameters import PARAMETERS, Parameter
from wado.request.rules import check_between_parameters, check_media_type, check_required


def parse_request(query: Mapping[str, str], *, allow_object_alone: bool = False) -> WadoRequest:
    """What the query asks for; raises `BadRequest`. An empty value is an absent one, an unknown name is ignored."""
    present = {name: text.strip(" ") for name, text in query.items() if text.strip(" ")}
    check_required(present, allow_object_alone)
    fields: dict[str, Any] = {}
    for parameter in PARAMETERS:
        if parameter.name in present:
            value = _parse(parameter, present[parameter.name])
            if parameter.field:
                fields[parameter.field] = value
    check_between_parameters(present)
    request = WadoRequest(**fields, names=frozenset(present))
    _check_named_media_types(request)
    return request


def _parse(parameter: Parameter, text: str) -> object:
    try:
        return parameter.parse(text)
    except ValueError as error:
        raise BadRequest(str(error), parameter=parameter.name, clause=parameter.clause) from None


def _check_named_media_types(request: WadoRequest) -> None:
    """Refuse at once what no media type that the client names could honour; wildcards wait for the negotiation."""
    failure = None
    for range_ in request.content_types:
        if "*" in (range_.type, range_.subtype):
            return
        try:
            check_media_type(request, f"{range_.type}/{range_.subtype}")
            return
        except BadRequest as error:
            failure = failure or error
    if failure:
        raise failure
