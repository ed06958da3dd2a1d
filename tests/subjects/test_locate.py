"""Import strings and data strings: parsed before anything is loaded, and refused in one sentence."""

import numpy as np
import pytest

from rethinking_audit.fixtures.subjects.call import BadSubject
from rethinking_audit.fixtures.subjects.given import BadGiven
from rethinking_audit.fixtures.subjects.locate import check_data, load_data, load_subject, place

Y = np.tile([0, 1], 15)
CODE = """
import numpy as np
import beside
def code(X, y, X_test, seed): return [0] * len(X_test)
def data(): return np.zeros((30, 2)), np.tile([0, 1], 15), np.arange(30) // 3
"""
NO_CODE = (
    "",
    ":",
    "mod:a.b",
    "x",
    "mine.py",
    ":code",
    "mine.py:",
    "a b:c",
    "mod:1x",
    "mod:a..b",
    "mod:.a",
    "a/b:c",
    "gone.py:code",
)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(CODE)
    (tmp_path / "beside.py").write_text("")
    return path


def test_a_file_may_import_what_lies_beside_it(file):
    assert load_subject(place(f"{file}:code")).form == "fit_predict"


def test_a_module_is_found_by_its_name():
    assert load_subject(place("sklearn.tree:DecisionTreeClassifier")).form == "factory"


@pytest.mark.parametrize("text", [*NO_CODE, "mod:a:", "::", "é ü:x"])
def test_what_names_no_code_is_quoted(text):
    with pytest.raises(BadSubject) as caught:
        place(text)
    assert repr(text) in str(caught.value)
    assert "expected file.py:name or module:name" in str(caught.value)


def test_a_name_that_is_not_there_is_told_with_those_that_are(file):
    with pytest.raises(BadSubject, match=r"has no 'cod', expected one of .*code"):
        load_subject(place(f"{file}:cod"))


def test_data_come_with_their_groups(file):
    found = load_data(f"{file}:data")
    assert found.rows == 30
    assert len(np.unique(found.groups)) == 10


def test_an_npz_may_bring_its_split(tmp_path):
    np.savez(tmp_path / "split.npz", X_train=np.zeros((20, 2)), y_train=Y[:20], X_test=np.ones((10, 2)), y_test=Y[20:])
    train, test = load_data(f"npz:{tmp_path / 'split.npz'}").split()
    assert (len(train), test.tolist()) == (20, list(range(20, 30)))


def test_a_table_has_its_label_in_the_named_column(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,kind,b\n" + "".join(f"{one},{'xy'[one % 2]},2\n" for one in range(30)))
    found = load_data(f"csv:{path}::kind")
    assert found.X.shape == (30, 2)
    assert found.classes.tolist() == ["x", "y"]
    assert found.X.dtype.kind == "f"


def test_groups_are_an_array_or_a_line_a_row(file, tmp_path):
    np.save(tmp_path / "g.npy", np.arange(30) // 10)
    (tmp_path / "g.txt").write_text("\n".join("abc"[one // 10] for one in range(30)) + "\n")
    for name in ("g.npy", "g.txt"):
        assert np.unique(load_data(f"{file}:data", str(tmp_path / name)).groups).tolist() == [0, 1, 2]


@pytest.mark.parametrize("text", ["", "npz:", "npz:gone.npz", "csv:gone.csv", "digit", "gone.py:data", "npz"])
def test_what_names_no_data_is_quoted(text):
    with pytest.raises(BadGiven) as caught:
        check_data(text)
    assert repr(text) in str(caught.value)
    assert "expected npz:FILE" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "cannot be read"), (b"PK\x03\x04 broken", "cannot be read"), (b"text", "cannot be read")],
)
def test_a_broken_npz_is_told(tmp_path, content, said):
    (tmp_path / "b.npz").write_bytes(content)
    with pytest.raises(BadGiven, match=said):
        load_data(f"npz:{tmp_path / 'b.npz'}")


def test_pickled_objects_are_not_loaded(tmp_path):
    np.savez(tmp_path / "o.npz", X=np.array([{}] * 30, object), y=Y)
    with pytest.raises(BadGiven, match="expected an npz file of plain arrays"):
        load_data(f"npz:{tmp_path / 'o.npz'}")


def test_a_short_line_of_a_table_is_named(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3\n")
    with pytest.raises(BadGiven, match="line 3: 1 values, expected 2"):
        load_data(f"csv:{tmp_path / 't.csv'}")
