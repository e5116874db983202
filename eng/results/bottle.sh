#!/usr/bin/env bash
# VT-ADL (default and paper-code) and the autoencoder on one MVTec AD category. Prints a Markdown table.
#   eng/results/bottle.sh DATA_FOLDER CATEGORY OUTPUT_FOLDER VTADL_MINUTES AUTOENCODER_MINUTES [THREADS]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$(realpath "$1"); category=$2; mkdir -p "$3"; output=$(realpath "$3"); minutes=$4; small=$5; threads=${6:-$(nproc)}
. "$here/common.sh"

echo "| detector | epochs | stopped by | map size | image AUROC | AP | pixel AUROC | AU-PRO 0.3 | pro_coded |"
echo "|---|---|---|---|---|---|---|---|---|"
row() {
    local name=$1 limit=$2; shift 2
    local model=$output/$name.gonogo
    gonogo train --data "$data" --category "$category" --output "$model" --force --quiet --threads "$threads" --max-minutes "$limit" "$@" >/dev/null
    gonogo evaluate "$model" --data "$data" --category "$category" --json --quiet --threads "$threads" >"$output/$name.json"
    gonogo info "$model" --json >"$output/$name.info.json"
    local json=$output/$name.json
    printf '| %s | %s | %s | %s | %.4f | %.4f | %.4f | %.4f | %.4f |\n' "$name" \
        "$(field epochs "$output/$name.info.json")" \
        "$(word stopReason "$output/$name.info.json")" \
        "$(word map_size "$json")" \
        "$(field auroc "$json")" "$(field ap "$json")" "$(field pixel_auroc "$json")" "$(field 'aupro_0.3' "$json")" "$(field pro_coded "$json")"
}
row vtadl-default "$minutes" --detector vtadl
row vtadl-paper-code "$minutes" --detector vtadl --preset paper-code
row autoencoder-mse "$small" --detector autoencoder
row autoencoder-mse-ssim "$small" --detector autoencoder --set loss=mse+ssim
