"""A published file arrives whole and right from whichever mirror can deliver it, or not at all."""

import hashlib
import os
import socket
import subprocess
import sys

import pytest

from rethinking_audit.fixtures.data import fetch as command
from rethinking_audit.fixtures.data import mnist
from rethinking_audit.fixtures.data.dataset import DataUnavailable
from rethinking_audit.fixtures.data.download import download
from rethinking_audit.fixtures.data.published import Published
from tests.attacks.make_mirror import mirror, silent_mirror
from tests.builders.places import ROOT

CONTENT = bytes(range(256)) * 800
OTHER = CONTENT[::-1]
TIMEOUT = 0.5


def published(*mirrors, content=CONTENT):
    return Published("file.bin", len(content), f"sha256:{hashlib.sha256(content).hexdigest()}", mirrors)


def dead_mirror():
    """Return an address where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv("RETHINKING_MIRROR", raising=False)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


def test_a_dead_mirror_is_passed_over_and_a_cut_connection_resumed(tmp_path):
    seen = []
    with mirror(CONTENT, cut_after=100_000, slow=0.01) as (address, asked):
        file = published(dead_mirror(), address)
        path = download(file, tmp_path, lambda *report: seen.append(report), TIMEOUT)
    assert path.read_bytes() == CONTENT
    assert asked == [None, "bytes=100000-"]
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []
    assert seen[-1] == ("file.bin", len(CONTENT), len(CONTENT))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_an_earlier_session_is_continued(tmp_path):
    (tmp_path / "file.bin.part").write_bytes(CONTENT[:5000])
    with mirror(CONTENT) as (address, asked):
        assert download(published(address), tmp_path).read_bytes() == CONTENT
    assert asked == ["bytes=5000-"]


def test_a_mirror_that_cannot_resume_starts_again(tmp_path):
    with mirror(CONTENT, cut_after=100_000, ranges=False) as (address, asked):
        assert download(published(address), tmp_path).read_bytes() == CONTENT
    assert len(asked) == 2


def test_a_wrong_beginning_is_discarded(tmp_path):
    """What another mirror began need not be the same file."""
    (tmp_path / "file.bin.part").write_bytes(OTHER[:5000])
    with mirror(CONTENT) as (address, asked):
        assert download(published(address), tmp_path).read_bytes() == CONTENT
    assert asked == ["bytes=5000-", None]


def test_a_wrong_file_is_refused_and_the_next_mirror_tried(tmp_path):
    with mirror(OTHER) as (wrong, _), mirror(CONTENT) as (right, asked):
        assert download(published(wrong, right), tmp_path).read_bytes() == CONTENT
    assert asked == [None]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (OTHER, "expected sha256"),
        (CONTENT + b"more", "204,801 bytes, expected 204,800"),
        (CONTENT[:-9], "204,791 of 204,800"),
    ],
)
def test_a_wrong_file_is_never_kept(tmp_path, content, message):
    with mirror(content) as (address, _), pytest.raises(DataUnavailable, match=message):
        download(published(address), tmp_path, timeout=TIMEOUT)
    assert not (tmp_path / "file.bin").exists()


def test_a_silent_mirror_is_given_up(tmp_path):
    with silent_mirror() as silent, mirror(CONTENT) as (address, _):
        assert download(published(silent, address), tmp_path, timeout=0.2).read_bytes() == CONTENT


def test_without_a_network_the_message_says_what_to_do(tmp_path):
    file = published(dead_mirror())
    with mirror(CONTENT, status=503) as (broken, _), pytest.raises(DataUnavailable) as caught:
        download(Published(file.name, file.size, file.digest, (*file.mirrors, broken, "ftp://x/")), tmp_path)
    message = str(caught.value)
    for part in ("file.bin (204,800 bytes, sha256:", "refused", "HTTP 503", "ftp://x/", f"put it into {tmp_path}"):
        assert part in message


def test_what_is_there_is_verified_and_not_asked_for(tmp_path):
    (tmp_path / "file.bin").write_bytes(CONTENT)
    assert download(published(), tmp_path).read_bytes() == CONTENT
    (tmp_path / "file.bin").write_bytes(OTHER)
    with pytest.raises(DataUnavailable, match="damaged or another file"):
        download(published(), tmp_path)
    assert (tmp_path / "file.bin").read_bytes() == OTHER


def test_a_full_disk_is_no_mirrors_fault(tmp_path):
    file = published(dead_mirror(), content=CONTENT)
    with mirror(CONTENT) as (address, _), pytest.raises(DataUnavailable, match="more bytes, but only"):
        download(Published(file.name, 10**18, file.digest, (address,)), tmp_path)


def test_two_processes_download_once(tmp_path):
    script = (
        "import sys; from pathlib import Path; from rethinking_audit.fixtures.data.download import download;"
        "from rethinking_audit.fixtures.data.published import Published;"
        "download(Published('file.bin', int(sys.argv[1]), sys.argv[2], (sys.argv[3],)), Path(sys.argv[4]))"
    )
    with mirror(CONTENT, slow=0.05) as (address, asked):
        arguments = [str(len(CONTENT)), published().digest, address, str(tmp_path)]
        both = [subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=ROOT) for _ in "12"]
        assert [process.wait(60) for process in both] == [0, 0]
    assert asked == [None]


def test_nothing_is_fetched_inside_a_worker(monkeypatch):
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    with pytest.raises(RuntimeError, match="inside a test worker"):
        command.fetch("mnist")


def test_the_users_own_mirror_comes_first(monkeypatch, tmp_path, capsys):
    """`fetch` downloads through RETHINKING_MIRROR, and names everything it could not have."""
    monkeypatch.setenv("RETHINKING_DATA", str(tmp_path))
    monkeypatch.setenv("RETHINKING_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(mnist, "PACKED", (published(dead_mirror()),))
    with mirror(OTHER) as (address, asked):
        monkeypatch.setenv("RETHINKING_MIRROR", address)
        assert command.main(["mnist"]) == 10
    assert asked == [None]
    assert "file.bin" in capsys.readouterr().err
    assert os.listdir(tmp_path / "MNIST" / "raw") == [".download.lock"]  # noqa: PTH208  # names are what is compared


@pytest.mark.parametrize(("names", "code"), [([], 4), (["--help"], 0), (["nothing"], 4), (["digits"], 0)])
def test_the_command_says_how_it_went(names, code):
    assert command.main(names) == code
