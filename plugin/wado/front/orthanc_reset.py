"""Orthanc's own resource that starts it anew in the same process, and whether it was asked for."""

from __future__ import annotations

from typing import Any

import orthanc

RESET = "/tools/reset"


class ResetResource:
    """The REST callback: has Orthanc do what it is asked for."""

    def __init__(self) -> None:
        self.was_asked_for = False

    def __call__(self, output: Any, uri: str, **request: Any) -> None:
        if request["method"] != "POST":
            output.SendMethodNotAllowed("POST")
            return
        self.was_asked_for = True
        output.AnswerBuffer(orthanc.RestApiPost(RESET, ""), "application/json")
