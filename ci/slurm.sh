#!/usr/bin/env bash
# sbatch ci/slurm.sh [OPTION...]: four GPUs, on any machines, make the runs of one plan and share one store.
#
# First, on a machine with a network: ci/run.sh setup, and
# .venv/bin/python -m rethinking_audit.fixtures.data.fetch cifar10 mnist.
# Each task writes the whole audit, so the four reports are the same. Claims that lacked time are NOT RUN; submit the job
# again to continue from there. The file system needs locks that work between machines: without them a run may be made
# twice, but never half.
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
export MINUTES=${MINUTES:-110} # and five more until it is interrupted
export STORE=${STORE:-$PWD/.audit/store}
export REPORT=${REPORT:-reports/out}/$SLURM_ARRAY_TASK_ID

srun ci/run.sh audit "${TIER:-paper}" "$@"
