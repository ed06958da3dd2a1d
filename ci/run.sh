#!/usr/bin/env bash
# The commands of every CI system. GitHub, GitLab, Slurm and the container call only this script.
#
#   ci/run.sh setup                     make .venv with PYTHON, and with the pinned torch or TORCH=2.11.0
#   ci/run.sh setup-site                make .venv with what the pages need alone: no torch
#   ci/run.sh lint | test | bench
#   ci/run.sh audit TIER [OPTION...]    the options go to pytest
#   ci/run.sh site                      make the pages of the committed audits in public, to be published at SITE_URL
#
# An audit reads from the environment:
#   REQUIRE_GPU=1     a machine without a working GPU is an error
#   MINUTES=50        time limit: no run starts that would end later, and a claim that lacks a run is NOT RUN
#   GRACE=300         seconds after the limit until it is interrupted; finished runs stay in the store in any case
#   STORE, REPORT     folders; default: the user's cache, and reports/out
#   BASELINE          an earlier audit.json to compare with; default: reports/baselines/ci-TIER/audit.json if it exists
#   RETHINKING_DATA, RETHINKING_CACHE     folders for the data sets, as published and decoded
#
# It exits with the audit's exit code; if that is 0, with the comparison's.
set -euo pipefail
cd "$(dirname "$0")/.."

refuse() {
  echo "$1" >&2
  exit 4
}

setup() {
  local constraints=ci/constraints.txt
  if [[ -n ${TORCH:-} ]]; then
    constraints=.constraints
    # torch chooses the versions of these itself.
    grep -Ev '^(torch|torchvision|triton|setuptools|nvidia-.*|cuda-.*)==' ci/constraints.txt >"$constraints"
    echo "torch==$TORCH" >>"$constraints"
  fi
  "${PYTHON:-python3}" -m venv .venv
  .venv/bin/pip install --constraint "$constraints" --editable ".[dev]"
  touch .venv/.installed # so that make does not replace this torch by the pinned one
}

setup-site() {
  "${PYTHON:-python3}" -m venv .venv
  .venv/bin/pip install --constraint ci/constraints.txt jinja2 markdown-it-py rich
}

gpu_is_required() {
  case ${REQUIRE_GPU:-0} in
    1 | true) true ;;
    0 | false) false ;;
    *) refuse "REQUIRE_GPU is '$REQUIRE_GPU', expected 1 or 0" ;;
  esac
}

# A broken driver can also hang; the log should say so in the first minute.
look_for_gpu() {
  local why
  if ! command -v nvidia-smi >/dev/null; then
    why="there is no nvidia-smi"
  elif timeout 60 nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader; then
    return
  else
    why="nvidia-smi fails"
  fi
  if gpu_is_required; then
    refuse "A GPU is required, but $why here."
  fi
  echo "No GPU: $why here."
}

fetch() {
  case $1 in
    fast) ;; # scikit-learn contains its images
    imagenet) ;; # its images are a folder on the runner, which --dataset folder:PATH names
    # Claims on a missing data set are NOT RUN, and the report says so.
    small | paper) .venv/bin/python -m rethinking_audit.fixtures.data.fetch cifar10 mnist || echo "Not every data set could be had." >&2 ;;
    *) refuse "The tier is '$1', expected fast, small, paper or imagenet." ;;
  esac
}

summarize() {
  if [[ ! -f $1/audit.json ]]; then
    echo "No audit was written; the log says why."
  elif ! .venv/bin/python -m reports markdown "$1/audit.json"; then
    echo "The audit could not be summarized; the log says why."
  fi
}

compare() {
  local code=0
  [[ -n $2 && -f $1/audit.json ]] || return 0
  .venv/bin/python -m reports compare "$2" "$1/audit.json" >"$1/comparison.txt" || code=$?
  printf '\nCompared with %s:\n\n' "$2"
  sed 's/^/    /' "$1/comparison.txt"
  return $code
}

# A signal to this script is passed on to the audit, which then writes its record. A shell's background process ignores
# SIGINT, so it gets SIGTERM for that too. A signal interrupts `wait`, which then waits on.
await() {
  local code again=yes
  trap 'again=yes; kill -TERM '"$1"' 2>/dev/null || true' INT TERM HUP
  while [[ $again ]]; do
    again='' code=0
    wait "$1" || code=$?
  done
  return $code
}

audit() {
  local tier=${1:-} report=${REPORT:-reports/out} baseline=${BASELINE:-} code=0 compared=0
  local minutes=${MINUTES:-50}
  local options=(-m "$tier" -n auto --minutes "$minutes" --report "$report" --junitxml "$report/junit.xml")
  shift || true
  [[ -x .venv/bin/pytest ]] || refuse "There is no .venv, expected 'ci/run.sh setup' to have made it."
  if [[ -n $baseline ]]; then
    [[ -f $baseline ]] || refuse "BASELINE is '$baseline', expected an audit.json."
  elif [[ -f reports/baselines/ci-$tier/audit.json ]]; then
    baseline=reports/baselines/ci-$tier/audit.json
  fi
  if [[ -n ${STORE:-} ]]; then options+=(--store "$STORE"); fi
  if gpu_is_required; then options+=(--require-gpu); fi
  [[ $minutes =~ ^[0-9]*\.?[0-9]+$ ]] || refuse "MINUTES is '$minutes', expected a positive number."
  look_for_gpu
  fetch "$tier"

  mkdir -p "$report"
  # Some runners keep their files: last night's audit must not pass for this one.
  rm -f "$report"/{audit.json,audit.html,junit.xml,summary.md,comparison.txt}
  # The audit ends by itself in time, unless a run takes much longer than predicted. The shell has only whole numbers.
  minutes=${minutes%%.*}
  timeout --verbose --preserve-status --signal=TERM --kill-after=60 "$((60 * 10#${minutes:-0} + ${GRACE:-300}))" \
    .venv/bin/pytest claims "${options[@]}" "$@" &
  await $! || code=$?

  summarize "$report" >"$report/summary.md"
  compare "$report" "$baseline" >>"$report/summary.md" || compared=$?
  if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then
    cat "$report/summary.md" >>"$GITHUB_STEP_SUMMARY"
  fi
  exit $((code ? code : compared))
}

site() {
  [[ -x .venv/bin/python ]] || refuse "There is no .venv, expected 'ci/run.sh setup-site' to have made it."
  .venv/bin/python -m reports site reports/baselines --into public ${SITE_URL:+--url "$SITE_URL"}
}

case ${1:-} in
  setup | setup-site | site) "$1" ;;
  lint | test | bench) make "$1" ;;
  audit) "$@" ;;
  *) refuse "usage: ci/run.sh setup | setup-site | lint | test | bench | site | audit TIER [OPTION...]" ;;
esac
