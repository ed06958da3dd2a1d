"""Tar archives: sound ones, and members that no archive of pictures should have."""

import io
import tarfile


def write_tar(path, members):
    """Write (name, content) pairs and ready-made TarInfo members as a .tar.gz file."""
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            name, content = member
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def special(name, kind, target=""):
    """Return a member that is a link or a device."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


HOSTILE_MEMBERS = {
    "parent": ("../escaped", b"x"),
    "deep parent": ("cifar-10-batches-bin/../../escaped", b"x"),
    "absolute": ("/escaped-from-an-archive", b"x"),
    "symlink": special("cifar-10-batches-bin/test_batch.bin", tarfile.SYMTYPE, "/etc/passwd"),
    "symlink out": special("cifar-10-batches-bin", tarfile.SYMTYPE, "../.."),
    "hard link": special("cifar-10-batches-bin/test_batch.bin", tarfile.LNKTYPE, "../escaped"),
    "device": special("cifar-10-batches-bin/zero", tarfile.CHRTYPE),
    "pipe": special("cifar-10-batches-bin/pipe", tarfile.FIFOTYPE),
    "twice": ("cifar-10-batches-bin/test_batch.bin", b"x"),
}
