# SPDX-License-Identifier: MIT
# lib.sh - what the scripts share. Sourced, with the repository's root as the working directory.

# With how long it has been going, where that is of interest: since BEGAN, in seconds of the epoch.
say() {
	if [ -n "${BEGAN:-}" ]; then
		printf '==> %4d s: %s\n' $(($(date +%s) - BEGAN)) "$*"
	else
		printf '==> %s\n' "$*"
	fi
}

# A connection to npm's registry that hangs is tried again after half a minute, not five.
export npm_config_fetch_timeout=30000

complain() { printf '!!! %s\n' "$*" >&2; }

# What tests add up: "PASSED FAILED" a line. Kept by whoever is outermost.
tally() { echo "$1 $2" >>"$TALLY"; }

# Run the rest of a script under a tally; the outermost prints the sum, as the last line of all.
begin_tally() {
	if [ -z "${TALLY:-}" ]; then
		TALLY=$(mktemp)
		export TALLY
		trap end_tally EXIT
	fi
}

end_tally() {
	status=$?
	trap - EXIT
	passed=0 failed=0
	while read -r p f; do
		passed=$((passed + p)) failed=$((failed + f))
	done <"$TALLY"
	rm -f "$TALLY"
	# Whatever else ended us early is a failure, too.
	[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
	[ "$passed" -gt 0 ] || failed=$((failed + 1))
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit $? # by itself, in a trap, it would be the status from before
}

# skip WHAT WHY: said loudly; where nothing may be skipped, a failure.
skip() {
	complain "SKIPPED: $1: $2"
	if [ "${CI:-}" = true ]; then
		complain "CI=true: a skip is a failure"
		tally 0 1
	fi
}

# step NAME COMMAND...: one pass or failure, its output shown only if it fails.
step() {
	name=$1
	shift
	log=$(mktemp)
	say "$name"
	if "$@" >"$log" 2>&1; then
		tally 1 0
	else
		cat "$log"
		complain "FAILED: $name"
		tally 0 1
	fi
	rm -f "$log"
}

# program COMMAND...: a test program whose last line says "== N passed, N failed". What it says behind
# "note: " is shown in any case.
program() {
	log=$(mktemp)
	"$@" >"$log" 2>&1
	status=$?
	counted=$(sed -n 's/^== \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log" | tail -n 1)
	set -- ${counted:-0 1}
	[ "$status" -eq 0 ] || [ "$2" -gt 0 ] || set -- "$1" 1
	if [ "$2" -eq 0 ]; then sed -nE 's/^(.* \.\.\. )?note: //p' "$log"; else cat "$log"; fi
	tally "$1" "$2"
	rm -f "$log"
	[ "$2" -eq 0 ]
}

# together FUNCTION...: all at the same time, since each leaves some of the machine idle; what each of
# them says is shown when all have ended.
together() {
	logs=$(mktemp -d) pids=
	for function; do
		("$function") >"$logs/$function" 2>&1 &
		pids="$pids $!"
	done
	# For these and no others: a caller may have started what does not end, as .ci/run does dockerd.
	wait $pids
	for function; do
		cat "$logs/$function"
	done
	rm -r "$logs"
}

# Are clang's tools Debian 12's? Later ones lay out some macros in another way, and find other things.
is_clang_14() { "$1" --version | grep -q 'version 14\.'; }

# environment NAME PACKAGE...: a virtual environment for Python, build/NAME, made of packages from PyPI
# unless it is there already.
environment() {
	venv=build/$1
	shift
	[ -e "$venv/ready" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install -q "$@" &&
		touch "$venv/ready"; } >"$venv.log" 2>&1 || {
		tail -n 3 "$venv.log" >&2
		return 1
	}
}

# debian_mirror [security]: the address from which this machine has its Debian; nothing if it has none.
debian_mirror() {
	cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
		sed -nE 's/^(URIs:|deb) +(\[.*\] +)?(https?:[^ ]*debian(-security)?)\/? *.*/\3/p' |
		if [ "${1:-}" = security ]; then grep security; else grep -v security; fi | head -n 1 || true
}
