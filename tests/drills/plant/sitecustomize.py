"""Plants a fault into a process of a drilled site: Python imports this module by itself when it starts."""

import importlib
import os
import sys
from pathlib import Path

if fault := os.environ.get("DRILL_FAULT"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    getattr(importlib.import_module("tests.drills.faults"), fault)()
