"""A checkout whose programs are stubs that note their calls, and whose GPU is present, absent or failing."""

import shutil
import signal
import subprocess

from tests.builders.places import ROOT

PYTEST = """#!/usr/bin/env bash
echo "pytest $*" >>"$CALLS"
for word; do
  if [[ ${report:-} == next ]]; then report=$word; fi
  if [[ $word == --report ]]; then report=next; fi
done
if [[ -n ${SLOW:-} ]]; then
  trap 'echo "interrupted" >>"$CALLS"; kill $!; exit 2' TERM
  sleep 10 & wait
fi
if [[ ${VERDICT:-0} != 4 ]]; then echo '{}' >"$report/audit.json"; fi
exit "${VERDICT:-0}"
"""
PYTHON = """#!/usr/bin/env bash
echo "python $*" >>"$CALLS"
case "$*" in
  *" markdown "*) echo "# The summary"; exit "${UNREADABLE:-0}" ;;
  *" compare "*) echo "The comparison"; exit "${REGRESSED:-0}" ;;
  *" rethinking_audit.fixtures.data.fetch "*) exit "${UNFETCHED:-0}" ;;
esac
"""
SMI = {
    "absent": None,
    "present": "#!/usr/bin/env bash\necho 'NVIDIA H200, 580.65.06, 143771 MiB'\n",
    "failing": '#!/usr/bin/env bash\necho "couldn\'t communicate with the NVIDIA driver"\nexit 9\n',
}
SYSTEM = ("bash", "cat", "dirname", "env", "grep", "mkdir", "rm", "sed", "sleep", "timeout", "touch")


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class Checkout:
    """A checkout in which only ci and the Makefile are real."""

    def __init__(self, folder):
        self.folder = folder / "checkout"
        shutil.copytree(ROOT / "ci", self.folder / "ci")
        shutil.copy(ROOT / "Makefile", self.folder)
        self.path = folder / "bin"
        for name in SYSTEM:
            self.path.mkdir(exist_ok=True)
            (self.path / name).symlink_to(shutil.which(name))
        program(self.path / "make", '#!/usr/bin/env bash\necho "make $*" >>"$CALLS"\n')
        program(self.path / "srun", '#!/usr/bin/env bash\necho "srun $*" >>"$CALLS"\n"$@"\n')
        program(self.folder / ".venv" / "bin" / "pytest", PYTEST)
        program(self.folder / ".venv" / "bin" / "python", PYTHON)
        self.log = folder / "calls"
        self.log.touch()

    def gpu(self, state):
        if SMI[state] is not None:
            program(self.path / "nvidia-smi", SMI[state])
        return self

    def with_installers(self):
        """Stand in for python3 and pip, too."""
        for path in (self.path / "python3", self.folder / ".venv" / "bin" / "pip"):
            program(path, f'#!/usr/bin/env bash\necho "{path.name} $*" >>"$CALLS"\n')
        return self

    def called(self, words, script, variables):
        environment = {"PATH": str(self.path), "CALLS": str(self.log), **variables}
        return {"args": [str(self.folder / "ci" / script), *words], "env": environment, "text": True, "cwd": "/"}

    def run(self, *words, script="run.sh", **variables):
        return subprocess.run(**self.called(words, script, variables), capture_output=True, timeout=300)

    def start(self, *words, script="run.sh", **variables):
        """As from a terminal: the script heeds SIGINT, which a background process of a shell does not."""
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        return subprocess.Popen(**self.called(words, script, variables), start_new_session=True)

    @property
    def calls(self):
        return self.log.read_text().splitlines()

    def report(self, name):
        return self.folder / "reports" / "out" / name
