"""An audit on other seeds, and one in which a treatment does nothing."""


def test_the_runs_have_the_seeds_from_the_first_on(project):
    project.run("-m", "fast", "-k", "accuracy_is_chance", "--seeds", "2", "--first-seed", "1000")
    assert {record["spec"]["seed"] for record in project.records().values()} == {1000, 1001}


def test_a_claim_whose_treatment_does_nothing_is_not_run(project):
    """A weight decay that float32 cannot resolve: weights and predictions are those without it."""
    project.edit("tiers.toml", ("doses = [1e-4]", "doses = [1e-12]"))
    code, output = project.run("-m", "fast", "-k", "without_regularizers", "--seeds", "2")
    (case,) = project.audit()["claims"][0]["cases"]
    assert (code, case["verdict"]) == (5, "NOT RUN"), output
    assert "a treatment changes weights and predictions: weight_decay 1e-12 did nothing" in case["reason"]
