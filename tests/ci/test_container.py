"""The container file: clean, from a pinned base, run as nobody in particular."""

import re
import tomllib

from tests.builders.constraints import TEXT, pins
from tests.builders.places import ROOT
from tests.builders.programs import check

CONTAINERFILE = (ROOT / "ci" / "Containerfile").read_text()


def test_the_container_file_is_clean():
    check("hadolint", ROOT / "ci" / "Containerfile")


def test_the_container_runs_as_nobody_in_particular_from_a_pinned_base():
    base = re.search(r"^FROM (\S+)$", CONTAINERFILE, re.M)[1]
    assert re.fullmatch(r"nvidia/cuda:\d+\.\d+\.\d+-base-ubuntu\d\d\.04", base)
    pinned = pins(TEXT)["cuda-toolkit"]
    assert base.partition(":")[2].split(".")[:2] == pinned.split(".")[:2], "the CUDA of the pinned torch"
    user = re.findall(r"^USER (\d+)$", CONTAINERFILE, re.M)
    assert user == ["10001"]
    assert CONTAINERFILE.index("USER 10001") > CONTAINERFILE.rindex("RUN ")


def test_the_containers_folders_are_volumes_of_its_user():
    volumes = set(re.findall(r'"(/\w+)"', re.search(r"^VOLUME (.*)$", CONTAINERFILE, re.M)[1]))
    assert volumes == {"/data", "/store", "/report"}
    assert "--owner audit /data /store /report" in CONTAINERFILE
    for setting in ("RETHINKING_DATA=/data", "STORE=/store", "REPORT=/report"):
        assert setting in CONTAINERFILE


def test_the_container_copies_what_there_is():
    for words in re.findall(r"^COPY (.+)$", CONTAINERFILE, re.M):
        for name in words.split()[:-1]:
            assert (ROOT / name).exists(), name


def test_the_container_has_every_folder_of_the_wheel_before_it_is_installed():
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    before = CONTAINERFILE[: CONTAINERFILE.index("ci/run.sh setup")]
    for folder in ("rethinking_audit", *setuptools["package-dir"].values()):
        assert f"COPY {folder} {folder}\n" in before
