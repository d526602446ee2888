"""What makes the bytes of answers besides the plugin's own files and settings."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.support.worker_settings import worker_settings
from wado.annotation.fonts import FONTS, is_present
from wado.front.worker_process import StartError, WorkerCommand
from wado.worker.surroundings import digest_of, fonts, packages, processor, system_libraries

PLUGIN_DIRECTORY = str(Path(__file__).parents[3] / "plugin")
DEJA_VU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def command(interpreter: str) -> WorkerCommand:
    return WorkerCommand(interpreter, PLUGIN_DIRECTORY, worker_settings())


def test_the_interpreter_of_the_workers_tells_them() -> None:
    told = command(sys.executable).surroundings()
    assert told == digest_of([*system_libraries(), *processor(), *packages(), *fonts()])
    assert len(told) == 32


def test_each_part_counts() -> None:
    assert digest_of(["a", "b"]) != digest_of(["a", "c"]) != digest_of(["a"])


def test_an_interpreter_that_does_not_tell_is_named(tmp_path: Path) -> None:
    for interpreter in ("/nowhere/python", "/bin/false"):
        with pytest.raises(StartError, match=interpreter):
            command(interpreter).surroundings()


def test_an_interpreter_that_fails_is_quoted(tmp_path: Path) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho 'Traceback' >&2\necho \"No module named 'PIL'\" >&2\nexit 1\n")
    script.chmod(0o755)
    with pytest.raises(StartError, match=r"python does not tell its libraries: No module named 'PIL'$"):
        command(str(script)).surroundings()


def test_packages_go_by_name_and_version() -> None:
    assert {name.split(" ")[0] for name in packages()} >= {"numpy", "pydicom", "typst"}


def test_a_package_elsewhere_on_the_way_of_the_interpreter_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "codec-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: codec\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "codec 1.0" in packages()


def test_the_systems_libraries_are_told_with_their_versions() -> None:
    told = system_libraries()
    assert sys.version in told
    assert any(name.startswith("zlib 1.") for name in told)
    assert any(name.startswith("fribidi ") and name != "fribidi None" for name in told)


def test_processors_are_told_apart_by_what_they_can_do(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    core = "processor\t: {}\nmodel\t\t: 6\ncpu MHz\t\t: {}\nflags\t\t: fpu {}\n\n"
    file.write_text(core.format(0, 2400.5, "avx2") + core.format(1, 800.1, "avx2"))
    told = processor(str(file))
    assert told == ["flags: fpu avx2\n", "model: 6\n"]
    file.write_text(core.format(0, 2100.0, "avx2"))
    assert processor(str(file)) == told
    file.write_text(core.format(0, 2100.0, "avx512f"))
    assert processor(str(file)) != told
    assert processor(str(tmp_path / "none")) == []
    assert processor()


@pytest.mark.skipif(not DEJA_VU.exists(), reason=f"there is no {DEJA_VU}")
def test_a_font_that_comes_goes_or_changes_is_told(tmp_path: Path) -> None:
    def told() -> list[str]:
        return fonts([str(tmp_path), "/nowhere"])

    assert told() == []
    font = tmp_path / "truetype" / "Font.TTF"
    font.parent.mkdir()
    content = bytearray(DEJA_VU.read_bytes())
    font.write_bytes(content)
    before = told()
    assert len(before) == 1
    font.touch()
    (tmp_path / "README").write_text("no font")
    assert told() == before
    # Of the same size, with another letter: whoever makes such a file writes the sum of its part anew.
    content[16] ^= 1
    font.write_bytes(content)
    assert told() != before
    (tmp_path / "Other.otf").write_bytes(b"OTTO")
    assert len(told()) == 2


def test_every_font_that_annotations_are_drawn_with_is_among_them() -> None:
    told = " ".join(fonts())
    present = [font.file_name for font in FONTS if is_present(font)]
    assert present
    assert all(f"/{name} " in told for name in present)
