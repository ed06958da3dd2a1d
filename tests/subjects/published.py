"""Where each mistake was published, and the code that must refute the subject that makes it again.

The first seventeen are the subjects of the survey, the others come from published reproductions of the paper.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.subjects import recreated as made


@dataclass(frozen=True)
class Mistake:
    """A published mistake. `code` is the check that must refute `subject`; without one, `unseen` says why."""

    where: str
    what: str
    code: str = ""
    subject: Callable[..., Any] | None = None
    data: Callable[[], Any] = made.blobs
    groups: Callable[[], Any] | None = None
    augments: bool = False
    unseen: str = ""

    def asked(self) -> dict[str, Any]:
        """What the audit of the subject is asked with."""
        groups = None if self.groups is None else self.groups()
        return {"data": self.data(), "groups": groups, "augments": self.augments}


MISTAKES = (
    Mistake("pytorch/examples, mnist", "never shuffled on a CPU", "L1", made.never_shuffled),
    Mistake("pluskid/fitting-random-labels#4", "test labels are corrupted as well", "R4", made.scored_on_corrupted_labels),
    Mistake("kuangliu/pytorch-cifar#14, #49, #145, #149", "the best epoch is reported", "R4", made.best_epoch_reported),
    Mistake(
        "lightgbm-org/LightGBM#136", "trees are chosen on the test set", "E1", made.trees_by_the_test_set, made.quantity
    ),
    Mistake("ashleve/lightning-hydra-template#184", "a second setup splits anew", "R2", made.split_twice),
    Mistake("antmarakis/Machine-Learning#3", "the model is outside of the folds", "E3", made.model_outside_of_the_folds),
    Mistake("BMEII-AI/RadImageNet#5 and four more", "weights are kept between folds", "E3", made.weights_between_folds),
    Mistake("georgymh/ml-fraud-detection#1", "oversampling before the split", "R2", made.oversampled, made.imbalanced),
    Mistake("pycaret/pycaret#1874", "selection before the split", "R2", made.selected_before, made.wide),
    Mistake("eeyhsong/EEG-Conformer#52", "a split within trials", "R3", made.by_row, made.trials, made.of_trials),
    Mistake("changspencer/Tumor-CapsNet#1", "patients across folds", "R3", made.by_row, made.trials, made.of_trials),
    Mistake("floodsung/LearningToCompare_FSL#48", "no eval() before the test", "L2", made.no_eval),
    Mistake("xuanmay2701/shapeformer#2", "the best epoch on the test set predicts", "E1", made.best_epoch_predicts),
    Mistake(
        "keras-team/keras#8346", "the last rows of sorted labels are held out", "D2", made.neighbour, made.sorted_split
    ),
    Mistake(
        "xingyizhou/CenterNet#233", "the same numbers in every epoch", "L6", made.same_numbers_each_epoch, augments=True
    ),
    Mistake("lansinuote/Huggingface_Toturials#6", "softmax before the loss", "L4", made.softmax_twice),
    Mistake("zalandoresearch/fashion-mnist#44", "copies across the split", "D1", made.neighbour, made.with_copies),
    Mistake("stefyste/RIAWELC#2", "every test row is a training row", "D1", made.neighbour, made.test_in_training),
    Mistake("keras-team/keras#3849", "shuffled predictions against labels", "R4", made.shuffled_against_labels),
    Mistake("microsoft/robustdg#30", "BatchNorm by companions", "E2", made.no_eval),
    Mistake("verl-omni#633", "one seed, other results", "E0", made.without_a_seed),
    Mistake("Bohan7", "an unequal last batch is averaged as equal", "R4", made.mean_of_unequal_batches),
    Mistake(
        "ids-uchile",
        "random labels are one permutation of the classes",
        "G2",
        made.one_permutation_of_the_classes,
        made.many,
    ),
    Mistake("JiaShun-Xiao", "labels are drawn anew at each access", "L5", made.redrawn_labels),
    Mistake("mdv3101", "labels are permuted within each batch", "L5", made.permuted_in_the_batch),
    Mistake(
        "JoelRunevic", "columns are permuted apart for training and test", "G2", made.columns_permuted_twice, made.many
    ),
    Mistake("MIE424", "one model for all levels of corruption", "E3", made.weights_between_folds),
    Mistake(
        "david-inf, akarchmer0 and others", "training accuracy while weights move", unseen="no training figure is read"
    ),
    Mistake("Bohan7, david-inf", "wall time on a shared card", unseen="no time is read"),
    Mistake("pluskid", "one seed for all draws of label noise", unseen="the draws are the user's; the audit makes its own"),
    Mistake(
        "mdv3101", "corrupted pixels that are never used", unseen="rows are corrupted inside: nothing says they should be"
    ),
    Mistake("ksr-0011, david-inf", "noise of the wrong scale or kind", unseen="as above; a contract of the claims sees it"),
    Mistake("Bohan7", "pixels are divided twice", unseen="training and test agree; L4 tells a loss that begins far off"),
    Mistake("Bohan7", "switches of regularizers that switch nothing", unseen="G1 trusts the argument `regularizers`"),
    Mistake(
        "MIE424",
        "only the first rows are corrupted",
        unseen="labels are corrupted inside; a contract of the claims sees it",
    ),
)
SHOWN = tuple(one for one in MISTAKES if one.subject is not None)
