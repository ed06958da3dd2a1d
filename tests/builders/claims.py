"""The files of the claims, imported one by one."""

import importlib.util

from tests.builders.places import ROOT

CLAIM_FILES = sorted((ROOT / "claims").glob("test_*.py"))


def import_file(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
