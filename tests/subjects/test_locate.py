"""Import strings and data strings: parsed before anything is loaded, and refused in one sentence."""

import io
import zipfile

import numpy as np
import pytest

from rethinking_audit.fixtures.subjects.call import BadSubject
from rethinking_audit.fixtures.subjects.given import BadGiven
from rethinking_audit.fixtures.subjects.locate import check_data, handed, load_data, load_subject, place
from tests.builders.inputs import header_of_an_array

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


def test_python_hands_in_what_a_function_for_the_command_line_returns():
    X, groups = np.zeros((30, 2)), np.arange(30) // 3
    assert handed((X, Y, groups)).groups.max() == handed({"X": X, "y": Y, "groups": groups}).groups.max() == 9
    assert handed((X, Y, groups), groups=np.arange(30)).groups.max() == 29
    assert len(handed((X[:20], Y[:20], X[20:], Y[20:])).test) == 10
    assert handed((X, Y), split=(np.arange(20), np.arange(20, 30))).test.tolist() == list(range(20, 30))


@pytest.mark.parametrize(("data", "kind"), [((Y,), "a tuple of 1"), ([Y, Y], "list"), (None, "NoneType")])
def test_what_python_cannot_hand_in_is_named(data, kind):
    with pytest.raises(BadGiven, match=rf"the data are {kind}, expected \(X, y\), \(X, y, groups\), \(X_train, "):
        handed(data)


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


def archive(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        for name, content in members.items():
            opened.writestr(f"{name}.npy", content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("b.npz", b"", "the file cannot be read"),
        ("b.npz", b"PK\x03\x04 broken", "the file cannot be read"),
        ("b.npz", b"text", "the file cannot be read"),
        ("b.npz", archive(X=b"text"), "X cannot be read"),
        ("b.npz", archive(X=header_of_an_array((10**9, 28, 28))), "X are uint8 (1000000000, 28, 28) by their header"),
        ("b.npz", archive(X=header_of_an_array((10**9, 8), "<U0")), "X are of type <U0, expected numbers or text"),
        ("b.npz", archive(), "has nothing, expected X and y"),
        ("t.csv", b"", "is empty, expected a csv file in UTF-8 with a header"),
        ("t.csv", b"a,b\n\xff,1\n", "cannot be read ('utf-8' codec can't decode byte 0xff"),
        ("t.csv", b"a,b\n" + b"x" * 200_000 + b",1\n", "cannot be read (field larger than field limit"),
        ("t.csv", b"label\n" + b"0\n1\n" * 15, "has the column 'label' alone, expected others beside the label"),
    ],
)
def test_a_broken_file_is_told(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadGiven) as caught:
        load_data(f"{name[2:]}:{tmp_path / name}")
    assert said in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("g.npy", b"text", "g.npy cannot be read"),
        ("g.npy", header_of_an_array((10**9,)), "g.npy are uint8 (1000000000,) by their header"),
        ("g.txt", b"\xff\n", "can't decode byte 0xff"),
    ],
)
def test_broken_groups_are_told(tmp_path, file, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadGiven) as caught:
        load_data(f"{file}:data", str(tmp_path / name))
    assert said in str(caught.value)
    assert str(tmp_path / name) in str(caught.value)


def test_pickled_objects_are_not_loaded(tmp_path):
    np.savez(tmp_path / "o.npz", X=np.array([{}] * 30, object), y=Y)
    with pytest.raises(BadGiven, match="X are of type object, expected numbers or text"):
        load_data(f"npz:{tmp_path / 'o.npz'}")


def test_labels_may_be_text(tmp_path):
    np.savez(tmp_path / "t.npz", X=np.zeros((30, 2)), y=np.array(["cat", "dog"])[Y])
    assert load_data(f"npz:{tmp_path / 't.npz'}").classes.tolist() == ["cat", "dog"]


def test_a_short_line_of_a_table_is_named(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3\n")
    with pytest.raises(BadGiven, match="line 3: 1 value, expected 2"):
        load_data(f"csv:{tmp_path / 't.csv'}")
