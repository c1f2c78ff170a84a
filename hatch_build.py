"""What is done when a wheel is built: catalogues of translations are compiled, by pybabel, and go into it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.frontend import CommandLineInterface
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CATALOGUES = Path("cli", "catalogues")


class Catalogues(BuildHookInterface):  # type: ignore[misc, type-arg] # hatchling has no annotations
    """Compiled catalogues beside their sources: of an editable install, they are read from there."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's own
        """Compile each ``.po`` to the ``.mo`` beside it, and have the wheel take them."""
        folder = Path(self.root) / CATALOGUES
        CommandLineInterface().run(["pybabel", "--quiet", "compile", "-d", str(folder), "-D", "aidledger"])
        build_data["artifacts"].append(f"/{CATALOGUES.as_posix()}/*/LC_MESSAGES/*.mo")
