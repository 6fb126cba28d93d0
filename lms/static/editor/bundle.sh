#!/bin/sh
# Makes codemirror.js from entry.js and the packages that package-lock.json pins, and records the digests of all three.
# Needs node, npm and its registry; nothing else of the project does. Run it after changing entry.js or package.json:
#   sh lms/static/editor/bundle.sh           with the versions in the lock file
#   sh lms/static/editor/bundle.sh --newer   after changing the versions in package.json
set -eu
cd -- "$(dirname -- "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json entry.js "$work"
cp package-lock.json "$work" 2>/dev/null || true
export npm_config_omit_lockfile_registry_resolved=true npm_config_audit=false npm_config_fund=false

if [ "${1-}" = --newer ]; then
    (cd "$work" && npm install --package-lock-only)
    # No committed file names a registry.
    grep -v '"resolved":' "$work/package-lock.json" > package-lock.json
    cp package-lock.json "$work"
fi
(cd "$work" && npm ci --ignore-scripts)
"$work/node_modules/.bin/esbuild" "$work/entry.js" --bundle --minify --format=esm --target=es2022 \
    --legal-comments=none --banner:js='/* CodeMirror 6 and what it needs, MIT licence: see LICENCES.txt beside this file. */' \
    --outfile="$work/codemirror.js" --log-level=warning
mv "$work/codemirror.js" codemirror.js

{
    echo "codemirror.js holds these packages, unmodified but minified into one file by bundle.sh:"
    echo
    (cd "$work/node_modules" && for package in @codemirror/* @lezer/* @marijn/* crelt style-mod w3c-keyname; do
        version=$(sed -n 's/^ *"version": "\(.*\)".*/\1/p' "$package/package.json" | head -n 1)
        printf '  %-28s %-8s %s\n' "$package" "$version" "$(grep -m 1 -h '^Copyright' "$package/LICENSE")"
    done)
    echo
    echo "Each is licensed as follows:"
    echo
    sed -n '/^Permission/,$p' "$work/node_modules/@codemirror/view/LICENSE"
} > LICENCES.txt
sha256sum codemirror.js entry.js package-lock.json > SHA256SUMS
