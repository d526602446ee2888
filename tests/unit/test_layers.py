"""Who may import whom, read out of the code itself."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[2] / "plugin"
PACKAGE = PLUGIN / "wado"

ORTHANC_FILES = {
    "wado.front.orthanc_archive",
    "wado.front.orthanc_metrics",
    "wado.front.orthanc_reset",
    "wado.front.orthanc_rest",
}
LAYERS = (
    "front",
    "request",
    "worker",
    "image",
    "dicom",
    "transcode",
    "deidentify",
    "annotation",
    "video",
    "character_sets",
    "report",
    "presentation",
    "graphics",
)

WORKER_LAYERS = tuple(layer for layer in LAYERS if layer not in ("front", "request", "character_sets"))


def name_of(path: Path) -> str:
    parts = path.relative_to(PLUGIN).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PLUGIN.rglob("*.py"))}


def imports_in(tree: ast.AST, *, only_at_start: bool = False) -> Iterator[str]:
    """The modules that are imported, inside functions too unless only those imported at start are asked for."""
    for node in ast.iter_child_nodes(tree):
        if only_at_start and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, "imports are absolute"
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in submodules)
        else:
            yield from imports_in(node, only_at_start=only_at_start)


@cache
def imports_of(module: str, *, only_at_start: bool = False) -> frozenset[str]:
    return frozenset(imports_in(ast.parse(MODULES[module].read_text()), only_at_start=only_at_start))


def reached_from(module: str) -> frozenset[str]:
    """Everything that is imported at start by the module, at any depth."""
    reached: set[str] = set()
    waiting = {module}
    while waiting:
        name = waiting.pop()
        parents = {name.rpartition(".")[0]} & MODULES.keys()
        new = (imports_of(name, only_at_start=True) | parents) - reached if name in MODULES else parents - reached
        reached |= new
        waiting |= new
    return frozenset(reached)


def is_foreign(name: str) -> bool:
    return name.partition(".")[0] not in {*sys.stdlib_module_names, "wado"}


def in_layers(*layers: str) -> list[str]:
    return [module for module in MODULES if module.split(".")[1:2] and module.split(".")[1] in layers]


def layers_used_by(module: str) -> set[str]:
    return {name.split(".")[1] for name in imports_of(module) if name.startswith("wado.")}


AT_THE_TOP = [
    module for module in MODULES if module.count(".") < 2 and not (PLUGIN / module.replace(".", "/")).is_dir()
]


def test_the_modules_are_found() -> None:
    assert MODULES.keys() >= ORTHANC_FILES
    assert "wado.errors" in AT_THE_TOP
    assert all(in_layers(layer) for layer in LAYERS)


@pytest.mark.parametrize("module", [*in_layers("front", "request", "character_sets"), *AT_THE_TOP])
def test_what_runs_inside_orthanc_needs_the_standard_library_only(module: str) -> None:
    allowed = {"orthanc"} if module in ORTHANC_FILES else set()
    assert {name for name in imports_of(module) if is_foreign(name)} <= allowed


def test_orthanc_loads_nothing_foreign_at_any_depth() -> None:
    reached = reached_from("wado_plugin")
    assert "wado.front.service" in reached
    assert {name for name in reached if is_foreign(name)} == {"orthanc"}


@pytest.mark.parametrize("module", MODULES)
def test_three_files_only_know_orthanc(module: str) -> None:
    assert ("orthanc" in imports_of(module)) == (module in ORTHANC_FILES)


@pytest.mark.parametrize("module", in_layers("image"))
def test_the_image_stages_know_arrays_and_no_data_sets(module: str) -> None:
    assert not any(name.partition(".")[0] == "pydicom" for name in imports_of(module))
    layers = layers_used_by(module)
    assert not layers & {"front", "worker", "request", "dicom", "transcode", "presentation", "graphics"}


@pytest.mark.parametrize("module", in_layers("presentation"))
def test_presentation_states_are_read_without_knowing_who_draws(module: str) -> None:
    layers = layers_used_by(module)
    assert not layers & {"front", "worker", "request", "transcode", "annotation", "graphics", "video"}


@pytest.mark.parametrize("module", in_layers("graphics"))
def test_graphics_are_drawn_from_values_and_no_data_sets(module: str) -> None:
    assert not any(name.partition(".")[0] == "pydicom" for name in imports_of(module))
    assert not layers_used_by(module) & {"front", "worker", "request", "dicom", "transcode", "video"}
    of_states = {name for name in imports_of(module) if name.startswith("wado.presentation")}
    assert of_states <= {"wado.presentation.graphic_model"}


@pytest.mark.parametrize("module", in_layers(*WORKER_LAYERS))
def test_the_workers_know_nothing_of_the_front(module: str) -> None:
    assert not any(name.startswith("wado.front") for name in imports_of(module))


@pytest.mark.parametrize("module", in_layers("front", "request"))
def test_the_front_knows_nothing_of_the_workers_libraries(module: str) -> None:
    layers = layers_used_by(module)
    assert not layers & set(WORKER_LAYERS)


def test_no_package_comes_back_to_itself() -> None:
    uses: dict[str, set[str]] = {layer: set() for layer in LAYERS}
    for layer in LAYERS:
        for module in in_layers(layer):
            uses[layer] |= layers_used_by(module) & uses.keys() - {layer}
    while free := [layer for layer, used in uses.items() if not used & uses.keys()]:
        for layer in free:
            del uses[layer]
    assert not uses, "these packages import each other in a circle"


def test_nothing_but_the_plugin_lies_where_orthanc_looks_for_modules() -> None:
    names = {path.name for path in PLUGIN.iterdir() if path.name != "__pycache__"}
    assert names == {"wado_plugin.py", "wado"}
