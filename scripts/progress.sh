# For scripts that source it: a word now and then from what is silent for minutes. Any sh.

# tell_progress PROCESS WORDS [LOG]: a line every ten seconds while PROCESS lives, with the last line of LOG, or else
# WORDS. Whoever starts it in the background ends it.
tell_progress() {
    seconds=0
    while sleep 1 && kill -0 "$1" 2>/dev/null; do
        seconds=$((seconds + 1))
        [ $((seconds % ${PROGRESS_EVERY:-10})) -eq 0 ] || continue
        last=$(tail -n 1 "${3:-/dev/null}" 2>/dev/null | tr -d '\r' | cut -c 1-120)
        printf '  … %s s: %s\n' "$seconds" "${last:-$2}" >&2
    done
}
