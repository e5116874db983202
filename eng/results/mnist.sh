#!/usr/bin/env bash
# MNIST by the protocol of Mishra et al. 2021: each digit in turn is normal; trained on its training pictures, judged on the
# whole test set by the reconstruction alone. Prints a Markdown table beside the published column.
#   eng/results/mnist.sh DATA_FOLDER OUTPUT_FOLDER [EPOCHS] [THREADS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$(realpath "$1"); mkdir -p "$2"; output=$(realpath "$2"); epochs=${3:-8} threads=${4:-$(nproc)}
settings=()
while read -r setting; do settings+=(--set "$setting"); done < <(grep -v '^#' "$here/mnist.settings")
published=(0.990 1.000 0.976 0.976 0.984 0.971 0.995 0.990 0.974 0.990)
. "$here/common.sh"

echo "| digit | image AUROC | published | epochs | seconds |"
echo "|---|---|---|---|---|"
sum=0
for digit in 0 1 2 3 4 5 6 7 8 9; do
    model=$output/mnist-$digit.gonogo
    start=$(date +%s)
    gonogo train --data "$data" --category "$digit" --detector vtadl --output "$model" --force --quiet --epochs "$epochs" --threads "$threads" \
        "${settings[@]}" >/dev/null
    gonogo evaluate "$model" --data "$data" --category "$digit" --json --quiet --threads "$threads" >"$output/mnist-$digit.json"
    auroc=$(field auroc "$output/mnist-$digit.json")
    sum=$(awk "BEGIN { print $sum + $auroc }")
    printf '| %s | %.4f | %s | %s | %s |\n' "$digit" "$auroc" "${published[$digit]}" "$epochs" $(($(date +%s) - start))
done
awk "BEGIN { printf \"| mean | %.4f | 0.9846 | | |\\n\", $sum / 10 }"
