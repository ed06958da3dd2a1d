"""Code that trains by another framework is audited by its own objects; a test is skipped where its library is missing."""

import importlib.util

import pytest

from rethinking_audit.fixtures.subjects import audit
from rethinking_audit.own import check

LIGHTNING = """
import lightning, torch
class Net(lightning.LightningModule):
    batch_size = 16
    def __init__(self, classes):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, classes))
    def forward(self, rows):
        return self.layers(rows)
    def training_step(self, batch, index):
        return torch.nn.functional.cross_entropy(self(batch[0]), batch[1])
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), 0.02)
def make(classes):
    quiet = dict(enable_progress_bar=False, enable_model_summary=False, accelerator="cpu")
    return Net(classes), lightning.Trainer(max_epochs=6, **quiet)
"""
KERAS = """
import os
os.environ["KERAS_BACKEND"] = "torch"
import keras
def make(classes):
    layers = [keras.layers.Input((4,)), keras.layers.Dense(16, "relu"), keras.layers.Dropout(0.1)]
    layers += [keras.layers.Dense(classes, "softmax")]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
    model.epochs, model.batch_size = 6, 16
    return model
"""
LIGHTGBM = """
import lightgbm
def make():
    return lightgbm.LGBMClassifier(n_estimators=5, min_child_samples=5, num_threads=1, verbose=-1)
"""
XGBOOST = """
import xgboost
def make():
    return xgboost.XGBClassifier(n_estimators=5, nthread=1)
"""
SKORCH = """
import numpy as np, skorch, torch
class Net(skorch.NeuralNetClassifier):
    def fit(self, X, y): return super().fit(X.astype(np.float32), y.astype(np.int64))
    def predict(self, X): return super().predict(X.astype(np.float32))
    def predict_proba(self, X): return super().predict_proba(X.astype(np.float32))
def make():
    layers = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))
    more = dict(optimizer=torch.optim.Adam, lr=0.02, max_epochs=6, batch_size=16, train_split=None, verbose=0)
    return Net(layers, criterion=torch.nn.CrossEntropyLoss, **more)
"""
CODE = {"lightning": LIGHTNING, "keras": KERAS, "lightgbm": LIGHTGBM, "xgboost": XGBOOST, "skorch": SKORCH}

# skorch shuffles only if iterator_train__shuffle says so. Keras has optimizers of its own, and tells its layers their mode.
ON_TORCH = {
    "lightning": {"L1": "HELD", "L3": "HELD", "L4": "HELD"},
    "keras": {"L1": "HELD", "L2": "NOT RUN", "L3": "NOT RUN"},
    "skorch": {"L1": "REFUTED", "L3": "HELD", "L4": "HELD"},
}


@pytest.mark.lengthy
@pytest.mark.parametrize("library", CODE)
def test_a_factory_of_another_library_is_audited(library, tmp_path, monkeypatch):
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    monkeypatch.setattr(audit, "LOOKS", (1,))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "code.py").write_text(CODE[library])
    found = check(f"{tmp_path / 'code.py'}:make", data="iris", seconds=240)
    assert [one.sentence for one in found if one.verdict == "ERROR"] == []
    assert [found[code].verdict for code in ("E0", "E2", "E3", "G2")] == ["HELD"] * 4
    assert found["R1"].verdict == "REFUTED"  # five trees or six epochs memorize nothing
    for code, verdict in ON_TORCH.get(library, {}).items():
        assert found[code].verdict == verdict, found[code].sentence
    assert sorted(path.name for path in tmp_path.iterdir() if path.name not in ("__pycache__", "catboost_info")) == [
        "code.py"
    ]
