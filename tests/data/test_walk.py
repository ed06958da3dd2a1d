"""Images are found as ImageFolder finds them; what tools leave is passed over, and what is no file is refused."""

import os
from pathlib import Path

import pytest

from rethinking_audit.fixtures.data.walk import SUFFIXES, Passed, images
from tests.builders.inputs import put

PLACES = ("0.png", "a/1.JPG", "a/b/2.tiff", "a/b/c/3.webp")


@pytest.fixture
def place(tmp_path):
    root = tmp_path / "cat"
    for name in PLACES:
        put(name, b"x")(root)
    return root


def names(root, passed=None):
    return [name for name, _, _ in images(str(root), "train/cat", passed or Passed())]


def imagefolder(root):
    """The images of a folder as torchvision's ImageFolder finds them."""
    from torchvision.datasets.folder import make_dataset

    found = make_dataset(root.parent, {root.name: 0}, SUFFIXES)
    return sorted(str(Path(path).relative_to(root)) for path, _ in found)


def test_images_are_found_as_imagefolder_finds_them(place, tmp_path):
    from torchvision.datasets.folder import IMG_EXTENSIONS

    put("outside/4.png", b"x")(tmp_path)
    (place / "linked").symlink_to(tmp_path / "outside")
    (place / "5.png").symlink_to(tmp_path / "outside" / "4.png")
    put("notes.txt", b"x")(place)
    put("gif.GIF", b"x")(place)
    put("README", b"x")(place)
    passed = Passed()
    assert SUFFIXES == IMG_EXTENSIONS
    assert names(place, passed) == imagefolder(place) == ["0.png", "5.png", *PLACES[1:], "linked/4.png"]
    assert passed.remarks == (
        "3 files that are no images by their names passed over: .txt (1), .gif (1), no suffix (1)",
    ) or set(passed.others) == {".txt", ".gif", "no suffix"}


LEFT = [".ipynb_checkpoints/0-checkpoint.png", "@eaDir/0.png/THUMB.jpg", "__MACOSX/._0.png", "._0.png", ".hidden.png"]


@pytest.mark.parametrize("depth", ["", "a/", "a/b/"])
@pytest.mark.parametrize("left", [*LEFT, "Thumbs.db", "THUMBS.DB", "desktop.ini", ".DS_Store", "$RECYCLE.BIN/x.png"])
def test_the_files_of_tools_are_passed_over_at_every_depth(place, depth, left):
    put(f"{depth}{left}", b"x")(place)
    passed = Passed()
    assert names(place, passed) == list(PLACES)
    assert (passed.tools.total(), passed.others.total()) == (1, 0)
    assert passed.remarks[0].startswith("1 hidden file or file of a tool passed over: ")


def test_all_that_is_passed_over_is_counted(place):
    for index in range(7):
        put(f".cache/deep/{index}.png", b"x")(place)
    passed = Passed()
    names(place, passed)
    assert passed.remarks == ("7 hidden files and files of tools passed over: .cache (7)",)


@pytest.mark.parametrize("to", [".", "..", "a"])
def test_a_link_that_leads_back_is_refused(place, to):
    (place / "a" / "back").symlink_to(place / to)
    with pytest.raises(ValueError, match=r"^train/cat/a/back leads back to a folder that it lies in"):
        names(place)


@pytest.mark.parametrize("kind", ["pipe", "device", "socket", "nothing"])
def test_what_is_no_file_is_refused_and_never_waited_for(place, kind, monkeypatch):
    monkeypatch.chdir(place)  # the name of a socket must be short
    if kind == "pipe":
        os.mkfifo("x.png")
    elif kind == "socket":
        import socket

        with socket.socket(socket.AF_UNIX) as made:
            made.bind("x.png")
    else:
        Path("x.png").symlink_to("/dev/zero" if kind == "device" else "/nothing")
    with pytest.raises((ValueError, OSError), match=rf"train/cat/x.png is a {kind}, expected a file|No such file"):
        names(place)


@pytest.mark.parametrize(
    "name", [" .png", "кот.png", "\N{CAT FACE}.png", "a\nb.png", os.fsdecode(b"\xff\xfe.png"), "\x1b[2J.png"]
)
def test_any_name_is_told_on_one_line(tmp_path, name):
    os.mkfifo(tmp_path / name)
    with pytest.raises(ValueError, match=r"is a pipe, expected a file$") as caught:
        names(tmp_path)
    assert str(caught.value).isprintable()
    str(caught.value).encode()


def test_folders_may_lie_as_deep_as_the_system_allows(tmp_path):
    inner = tmp_path.joinpath(*["d"] * 400)
    inner.mkdir(parents=True)
    (inner / "0.png").write_bytes(b"x")
    assert len(names(tmp_path)) == 1


def test_an_empty_folder_of_a_tool_is_nothing_to_tell(tmp_path):
    (tmp_path / ".ipynb_checkpoints").mkdir()
    passed = Passed()
    assert images(str(tmp_path), "train/cat", passed) == []
    assert passed.remarks == ()
