#!/usr/bin/env bash
# sbatch ci/slurm.sh [OPTION...]: four GPUs, wherever they are, work off one plan through one store.
#
# Before it, on a machine with a network: ci/run.sh setup, and .venv/bin/python -m rethinking_audit.fixtures.data.fetch cifar10 mnist.
# Each task ends with the whole audit, and any of the four reports will do. What there was no time for is NOT RUN, and a
# job that is submitted again goes on from there. The file system must have locks that hold between machines: without,
# a run may be made twice, never half.
#SBATCH --job-name=rethinking-audit
#SBATCH --array=0-3
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --gpus-per-task=1
#SBATCH --time=02:00:00
#SBATCH --output=slurm-%A_%a.out
set -euo pipefail
cd "$SLURM_SUBMIT_DIR"

export REQUIRE_GPU=1
export MINUTES=${MINUTES:-110} # and five more before it is interrupted
export STORE=${STORE:-$PWD/.audit/store}
export REPORT=${REPORT:-reports/out}/$SLURM_ARRAY_TASK_ID

srun ci/run.sh audit "${TIER:-paper}" "$@"
