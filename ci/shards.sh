#!/usr/bin/env bash
# sbatch ci/shards.sh [OPTION...]: four parts of one audit, on machines that share no store; then one record of them.
#
# First, on a machine with a network: ci/run.sh setup, and
# .venv/bin/python -m rethinking_audit.fixtures.data.fetch cifar10 mnist.
# Another number of parts: sbatch --array=1-8 ci/shards.sh. When all have ended:
# .venv/bin/python -m reports merge reports/out/*/audit.json -o audit.json
#SBATCH --job-name=rethinking-audit
#SBATCH --array=1-4
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --gpus-per-task=1
#SBATCH --time=02:00:00
#SBATCH --output=slurm-%A_%a.out
set -euo pipefail
cd "$SLURM_SUBMIT_DIR"

export REQUIRE_GPU=1
export MINUTES=${MINUTES:-110} # and five more until it is interrupted
export STORE=${STORE:-$PWD/.audit/stores}/$SLURM_ARRAY_TASK_ID
export REPORT=${REPORT:-reports/out}/$SLURM_ARRAY_TASK_ID

srun ci/run.sh audit "${TIER:-paper}" --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" "$@"
