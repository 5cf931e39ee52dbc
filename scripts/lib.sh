# Set-up shared by the scripts, which source it. Everything here may run again and again.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
. "$root/scripts/progress.sh"

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

# What a fresh Debian has, whatever stands before it on the PATH: its Python, and the PostgreSQL of Debian 13
# by its own package, where `postgresql` would bring an older one. For who judges what others will see.
use_debians() {
    if [ ! -e /etc/debian_version ]; then
        say "This is no Debian: Python and PostgreSQL are those of the PATH."
        return
    fi
    export PYTHON=/usr/bin/python3 POSTGRES=17
}

# set_up LOCK SERVERS: Python, packages of the system, the locked dependencies. PYTHON and POSTGRES say which,
# if they are set. SERVERS is
#   none    nothing is started
#   wanted  those for which no HUB_…_URL is set
#   all     the tests', which have servers of their own whatever is set
set_up() {
    one_at_a_time
    find_python || install_python
    install_missing "$2"
    make_venv
    install_dependencies "$1"
    if [ "$2" = all ]; then
        install_node_packages
        install_program schemathesis
        install_program openapi-python-client
    fi
    exec 9>&-
}

# read_tests PATHS: compile what all workers of pytest read, so that none of them has to, and end.
read_tests() {
    local status=0 no_test=5
    "$venv/bin/python" -m pytest -q --collect-only -p tests.reading "$@" >/dev/null || status=$?
    [ $status -eq 0 ] || [ $status -eq $no_test ] || exit $status
    exit 0
}

# Another set-up of this checkout may install for minutes: who, and what it is at, stands in a file beside the lock.
one_at_a_time() {
    local began=$SECONDS holder=$root/.run/set-up.holder
    mkdir -p "$root/.run"
    exec 9>>"$root/.run/set-up.lock"
    if ! command -v flock >/dev/null; then return; fi
    if ! flock -n 9; then
        say "Waiting until another set-up of this checkout ends: $(cat "$holder" 2>/dev/null)"
        until flock -w "${PROGRESS_EVERY:-10}" 9; do
            say "  … $((SECONDS - began)) s: $(cat "$holder" 2>/dev/null)"
        done
    fi
    note_holder "looking for what is missing"
}

note_holder() { printf '%s (process %s): %s\n' "$0" "$$" "$*" >"$root/.run/set-up.holder"; }

# What takes long: it is said to whoever waits for it, too.
begin() {
    say "$*"
    note_holder "$*"
}

# with_progress WORDS COMMAND…: run what is silent for long, and say now and then that it goes on.
with_progress() {
    local words=$1 teller status=0
    shift
    tell_progress "$$" "$words" 9>&- &
    teller=$!
    "$@" || status=$?
    kill "$teller" 2>/dev/null || true
    return "$status"
}

# complaining_to LOG COMMAND…
complaining_to() { "${@:2}" 2>"$1"; }

find_python() {
    local name
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$(command -v "$name")
            return
        fi
    done
    return 1
}

install_python() {
    install_packages python3 python3-venv || true
    find_python || fail "Python 3.11 or newer is needed${PYTHON:+ as $PYTHON}, and this system has none to install."
}

install_missing() {
    local packages=
    # Debian's python3 comes without what makes a virtual environment, and may come without time zones.
    venv_works || "$python" -c 'import ensurepip, venv' 2>/dev/null || packages="python3-venv"
    "$python" -c 'import zoneinfo; zoneinfo.ZoneInfo("America/Bogota")' 2>/dev/null || packages="$packages tzdata"
    packages="$packages $(missing_servers "$1")"
    # shellcheck disable=SC2086 - a word a package
    if [ -n "${packages//[[:space:]]/}" ]; then install_packages $packages || true; fi
    if [ -n "$(missing_servers "$1")" ]; then without_servers "$(missing_servers "$1")"; fi
    # Each by itself, so that a system without one of these packages still gets the servers.
    if [ "$1" = all ] && ! has_compose; then install_packages docker-compose || true; fi
    if [ "$1" = all ] && ! has_browser; then install_packages chromium || true; fi
    if [ "$1" = all ] && ! has_headless_browser; then install_packages chromium-headless-shell || true; fi
    if [ "$1" = all ] && ! has_pdf_reader; then install_packages poppler-utils || true; fi
    if [ "$1" = all ] && ! has_curl; then install_packages curl || true; fi
    if [ "$1" = all ] && ! has_java; then install_java; fi
    if [ "$1" = all ] && ! has_prometheus; then install_packages prometheus || true; fi
    if [ "$1" = all ] && ! has_sink; then install_packages postfix || true; fi
    if [ "$1" = all ] && ! has_spam_rules; then install_packages spamassassin || true; fi
}

# 270 MB, by which one example for publishers is tried: only where it is asked for, as a gate does (CI=true).
install_java() {
    if [ "${CI:-}" = true ] || [ "${JAVA:-}" = yes ]; then
        install_packages default-jdk-headless librabbitmq-client-java || true
    else
        say "No JDK: the example in Java is not tried. JAVA=yes before the command installs one (270 MB)."
    fi
}

# What reads docker-compose.yml in the tests; no engine is needed for that.
has_compose() {
    docker compose version >/dev/null 2>&1 || docker-compose version >/dev/null 2>&1
}

# What the pages are tried in.
has_headless_browser() { command -v chromium-headless-shell >/dev/null; }

has_browser() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }

# What tries the alerts and the dashboard in the tests; promtool comes with it.
has_prometheus() { command -v prometheus >/dev/null && command -v promtool >/dev/null; }

# What reads the words of a PDF in the tests.
has_pdf_reader() { command -v pdftotext >/dev/null; }

# What the examples for publishers are run by.
has_curl() { command -v curl >/dev/null; }

# What takes the mails of the benchmark, of which a test runs the smallest; it comes with postfix.
has_sink() { PATH=$PATH:/usr/sbin command -v smtp-sink >/dev/null; }

# By whose rules the mails are judged in the tests.
has_spam_rules() { command -v spamassassin >/dev/null; }

# What moves the clock of the tests, or of one process of them.
has_faketime() { command -v faketime >/dev/null; }

has_java() { command -v javac >/dev/null && [ -e /usr/share/java/amqp-client.jar ]; }

# The packages of this system's package manager, one a line. Where to look stands in one place only.
missing_servers() {
    local manager=debian
    if [ "$(uname)" = Darwin ]; then manager=brew; fi
    case $1 in
    wanted) PYTHONPATH=$root "$python" -B -m hub.local.programs "$manager" ;;
    all) PYTHONPATH=$root "$python" -B -m hub.local.programs "$manager" --everything ${POSTGRES:+--postgres "$POSTGRES"} ;;
    esac
}

install_packages() {
    local as_root=
    if [ "$(uname)" = Darwin ] || ! command -v apt-get >/dev/null; then return 1; fi
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || return 1
        as_root="sudo --preserve-env=http_proxy,https_proxy,no_proxy"
    fi
    begin "Installing from Debian: $*"
    $as_root /bin/sh "$root/scripts/install-packages" "$@" </dev/null >&2 9>&-
}

# A script that can do without servers defines this anew.
without_servers() {
    local way="They cannot be installed here:"
    if [ "$(uname)" = Darwin ]; then way="Install them with \`brew install ${1//$'\n'/ }\` and start again, or"; fi
    fail "Servers are missing. $way use \`docker compose up\`, or set HUB_AMQP_URL, HUB_REDIS_URL and HUB_DATABASE_URL to servers that run elsewhere."
}

# An environment of another Python than PYTHON is made anew.
venv_works() {
    "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
        { [ -z "${PYTHON:-}" ] || [ "$(python_of "$venv/bin/python")" = "$(python_of "$PYTHON")" ]; }
}

python_of() { "$1" -c 'import sys; print(sys.base_prefix, sys.version)'; }

make_venv() {
    if venv_works; then return; fi
    begin "Making ${venv##*/} with $("$python" --version)"
    new_environment --without-pip "$venv"
}

new_environment() {
    "$python" -m venv --clear "$@" 9>&- || fail "No virtual environment: Debian's package python3-venv makes it possible."
}

install_dependencies() {
    if ! cmp -s "$root/$1" "$venv/$1"; then
        begin "Installing the Python packages of $1"
        install_locked "$1" "$venv"
    fi
    "$venv/bin/python" "$root/scripts/link_checkout.py"
}

# What examines the API, and what makes a client of its document: each in an environment of its own. Without it its
# tests are skipped, and with CI=true they fail.
install_program() {
    local place=$venv/$1
    local lock=requirements-$1.lock
    if cmp -s "$root/$lock" "$place/$lock"; then return; fi
    begin "Installing $1"
    new_environment --without-pip "$place" && install_locked "$lock" "$place"
}

# install_locked LOCK ENVIRONMENT: exactly these packages, by their hashes. uv does in seconds what takes pip a
# minute; where there is no uv for this system, or it cannot reach what pip reaches, pip does it.
install_locked() {
    local installer=$root/.run/installer pip_index
    make_installer "$installer"
    pip_index=$("$installer/bin/python" -m pip config get global.index-url 2>/dev/null) || pip_index=
    UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$pip_index}} \
        with_progress "uv installs $1" complaining_to "$installer/uv.log" \
        "$installer/bin/uv" pip install --quiet --no-config --system-certs --require-hashes \
        --python "$2/bin/python" -r "$root/$1" 9>&- || {
        begin "uv cannot do it (${installer#"$root"/}/uv.log says why): pip does, and takes a minute."
        with_progress "pip installs $1" with_pip "$installer" --python "$2/bin/python" install -r "$root/$1"
    }
    cp "$root/$1" "$2/$1"
}

make_installer() {
    local lock=requirements-installer.lock
    if cmp -s "$root/$lock" "$1/$lock" && "$1/bin/python" -c '' 2>/dev/null; then return; fi
    begin "Installing uv, which installs the Python packages"
    new_environment "$1"
    with_progress "pip installs uv" with_pip "$1" install --only-binary :all: -r "$root/$lock" || say "uv cannot be installed here: pip does its work, and takes a minute."
    cp "$root/$lock" "$1/$lock"
}

with_pip() {
    local environment=$1
    shift
    "$environment/bin/python" -m pip --quiet --disable-pip-version-check --no-input "$@" --no-compile --require-hashes 9>&-
}

# What the tests take from npm. Without it those that need it are skipped, and with CI=true they fail.
install_node_packages() {
    local place=$root/tests/npm
    local lock=package-lock.json
    if cmp -s "$place/$lock" "$place/node_modules/$lock"; then return; fi
    if ! command -v npm >/dev/null; then install_packages nodejs npm || true; fi
    if ! command -v npm >/dev/null; then
        say "npm is missing: the tests that need a package of it will be skipped."
        return
    fi
    begin "Installing the npm packages of the tests"
    # No package may run a program while it is installed. What is not what the lock says is refused.
    if with_progress "npm installs" npm ci --prefix "$place" --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null >&2 9>&-; then
        cp "$place/$lock" "$place/node_modules/$lock"
    fi
}
