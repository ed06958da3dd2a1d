#!/usr/bin/env bash
# The wheel in an environment that is really empty, beside OpenStack's package that is called fixtures too, in somebody
# else's tests, and in an environment without torch. It takes 6 GB of disk, a network and some minutes; tests/packaging tries
# the same with what is installed.
#
#   ci/empty.sh FOLDER      a new folder, in which everything is made
set -euo pipefail
if [[ $# -ne 1 || -e $1 ]]; then
  echo "usage: ci/empty.sh FOLDER, expected a folder that does not exist yet" >&2
  exit 4
fi
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1/suite"
cd "$1"

"${PYTHON:-python3}" -m venv environment
environment/bin/pip install --quiet --constraint "$root/ci/constraints.txt" "$root" fixtures==4.3.2
environment/bin/python -c "import fixtures, rethinking_audit; fixtures.Fixture; print(rethinking_audit.__version__)"
environment/bin/rethinking-audit explain random-labels/zero-training-error

cat >suite/pytest.toml <<'SETTINGS'
[pytest]
strict = true
filterwarnings = ["error"]
SETTINGS
cat >suite/conftest.py <<'OPTION'
def pytest_addoption(parser):
    parser.addoption("--device", default="theirs")
OPTION
cat >suite/test_theirs.py <<'TESTS'
import sys
import fixtures, pytest

def test_the_option_and_the_modules_are_theirs(pytestconfig):
    assert pytestconfig.getoption("--device") == "theirs"
    assert fixtures.Fixture
    assert not {"torch", "numpy"} & set(sys.modules)

@pytest.mark.rethinking("random-labels/zero-training-error")
def test_that_relies_on_a_claim():
    pass
TESTS
(cd suite && ../environment/bin/pytest -p no:benchmark -rs)
(cd suite && ../environment/bin/pytest -p no:benchmark -rs -n 2)

environment/bin/rethinking-audit claims -m fast -n 2 --store store
(cd suite && ../environment/bin/pytest -p no:benchmark --rethinking-record=../rethinking-audit-report/audit.json)

# Without torch: an estimator of scikit-learn is audited with six packages and what these need, and the plugin is quick.
"${PYTHON:-python3}" -m venv small
small/bin/pip install --quiet --constraint "$root/ci/constraints.txt" numpy scipy scikit-learn jinja2 rich pytest
small/bin/pip install --quiet --no-deps "$root"
cat >estimator.py <<'CODE'
from sklearn.neighbors import KNeighborsClassifier

model = KNeighborsClassifier(1)
CODE
code=0
small/bin/rethinking-audit check estimator.py:model --data iris --seconds 10 --report small-report || code=$?
[[ $code -eq 0 || $code -eq 10 ]]
test -s small-report/audit.html
small/bin/python - <<'QUICK'
import sys
import time

import pytest

begun = time.process_time()
import rethinking_audit.plugin

assert time.process_time() - begun < 0.05
assert not {"torch", "numpy"} & set(sys.modules)
assert pytest
QUICK
small/bin/pytest --markers | grep "rethinking(claim)"
