"""What pytest loads in every environment where pgt-dsl is installed: two lines, which name the plugin itself.

The plugin is registered under the name of its module. So ``-p pgt_dsl.testing.pytest_plugin`` beside the entry point
does not register it twice, and ``-p no:pgt_dsl`` leaves it out.
"""

from __future__ import annotations

from typing import Any


def pytest_addoption(pluginmanager: Any) -> None:
    """Register the plugin, whose own options are then added."""
    pluginmanager.import_plugin("pgt_dsl.testing.pytest_plugin")
