#!/usr/bin/env bash
# Detectors on frozen backbone features, on one category: one row a detector, backbone and levels, means over the seeds. Prints a Markdown table.
#   eng/results/features.sh DATA_FOLDER CATEGORY|- WEIGHTS_FOLDER OUTPUT_FOLDER MINUTES "SEEDS" [THREADS] [FILTER]
# FILTER: a regular expression on "detector backbone levels". Each training is bounded to MINUTES, and to EPOCHS epochs where that variable is set; its features
# come from the cache. Times are the processor's, so that other work on the machine does not change them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
data=$(realpath "$1"); category=$2; weights=$(realpath "$3"); mkdir -p "$4"; output=$(realpath "$4"); minutes=$5; seeds=$6; threads=${7:-$(nproc)}; filter=${8:-.}
. "$here/common.sh"
where=(--data "$data"); [ "$category" = - ] || where+=(--category "$category")

echo "| detector | backbone | levels | options | seeds | epochs | stopped by | processor time | image AUROC | AP | pixel AUROC | AU-PRO 0.3 | pro_coded |"
echo "|---|---|---|---|---|---|---|---|---|---|---|---|---|"
row() {
    local detector=$1 backbone=$2 levels=$3 options=$4 many=$5
    [[ "$detector $backbone $levels" =~ $filter ]] || return 0
    local file name=$detector-$backbone-${levels//,/+}${options:+-${options//[^a-z0-9.=]/-}} sets=() numbers=() used=0
    file=$(echo "$weights/$backbone"*.safetensors)
    for option in $options; do sets+=(--set "$option"); done
    for seed in $seeds; do
        local model=$output/$name-$seed.gonogo json=$output/$name-$seed.json info=$output/$name-$seed.info.json log=$output/$name-$seed.log TIMEFORMAT='%U + %S' seconds
        seconds=$({ time gonogo train "${where[@]}" --detector "$detector" --backbone "$backbone" --levels "$levels" --weights "$file" "${sets[@]}" --seed "$seed" \
            --max-minutes "$minutes" ${EPOCHS:+--epochs "$EPOCHS"} --threads "$threads" --output "$model" --force --quiet >"$log" 2>&1; } 2>&1) || { cat "$log" >&2; return 1; }
        seconds=$(awk "BEGIN { print ${seconds//,/.} }")
        gonogo evaluate "$model" "${where[@]}" --threads "$threads" --json --quiet >"$json"
        gonogo info "$model" --json >"$info"
        numbers+=("$(field epochs "$info") $(word stopReason "$info") $seconds $(field auroc "$json") $(field ap "$json") $(field pixel_auroc "$json") $(field 'aupro_0.3' "$json") $(field pro_coded "$json")")
        used=$((used + 1))
        [ "$many" = yes ] || break
    done
    printf '%s\n' "${numbers[@]}" | awk -v head="| $detector | $backbone | ${levels//,/, } | ${options:+\`$options\`} | $used |" '
        { epochs = epochs (NR > 1 ? ", " : "") $1; if (!($2 in seen)) { reason = reason (NR > 1 ? ", " : "") $2; seen[$2] = 1 } for (i = 3; i <= 8; i++) s[i] += $i }
        END { printf "%s %s | %s | %.0f s | %.4f | %.4f | %.4f | %.4f | %.4f |\n", head, epochs, reason, s[3] / NR, s[4] / NR, s[5] / NR, s[6] / NR, s[7] / NR, s[8] / NR }'
}
for place in "deit-tiny last" "deit-tiny block7" "resnet18 layer1,layer2,layer3"; do
    set -- $place
    row padim "$1" "$2" "" yes
    row gmm-em "$1" "$2" "" yes
    row gmm "$1" "$2" "" yes
    row flow "$1" "$2" "" yes
    [ "$1" = resnet18 ] || row patchcore "$1" "$2" neighbourhood=1 yes
done
row patchcore resnet18 layer2,layer3 "" yes
