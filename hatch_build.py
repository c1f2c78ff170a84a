"""What is done when a wheel is built: catalogues are compiled and go into it, and so does a bill of materials."""

from __future__ import annotations

import runpy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from babel.messages.frontend import CommandLineInterface
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CATALOGUES = Path("cli", "catalogues")


class Made(BuildHookInterface):  # type: ignore[misc, type-arg] # hatchling has no annotations
    """What is in a wheel and in no repository: compiled catalogues, and the bill of materials."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's own
        """Make them, and have the wheel take them."""
        self._compile(build_data)
        self._bill(build_data)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - as above
        """Take away what was made beside the wheel."""
        self._folder.cleanup()

    def _compile(self, build_data: dict[str, Any]) -> None:
        """Each ``.po`` to the ``.mo`` beside it: of an editable install, they are read from there."""
        folder = Path(self.root) / CATALOGUES
        CommandLineInterface().run(["pybabel", "--quiet", "compile", "-d", str(folder), "-D", "aidledger"])
        build_data["artifacts"].append(f"/{CATALOGUES.as_posix()}/*/LC_MESSAGES/*.mo")

    def _bill(self, build_data: dict[str, Any]) -> None:
        """The bill in ``*.dist-info/sboms/`` (PEP 770)."""
        self._folder = TemporaryDirectory(prefix="aidledger")
        maker = runpy.run_path(str(Path(self.root) / "bill_of_materials.py"))
        made = Path(self._folder.name) / maker["NAME"]
        made.write_text(maker["text"](Path(self.root)), encoding="utf-8")
        build_data["sbom_files"].append(str(made))
