from collections.abc import Mapping, Sequence
from os import PathLike

class TypstError(RuntimeError): ...

class Fonts:
    def __init__(
        self,
        include_system_fonts: bool = ...,
        include_embedded_fonts: bool = ...,
        font_paths: Sequence[str | PathLike[str]] = ...,
    ) -> None: ...

def compile(
    input: Mapping[str, bytes],
    *,
    root: str | None = ...,
    font_paths: Fonts = ...,
    format: str = ...,
    pdf_standards: Sequence[str] = ...,
) -> bytes: ...
