#!/usr/bin/env bash
# Stands in for a command of the documents: records its call, and prints the file that is named like the call, if there is one.
name=${0##*/}
printf '%s\0' "$name" "$@" >> "$STAND_IN_LOG"
printf '\n\0' >> "$STAND_IN_LOG"
cat "$STAND_IN_OUTPUTS/$name $*" 2> /dev/null || true
