#!/bin/sh
# Makes work/textkit: a small git repository with tests that fail, for the agents of tasks.toml to work in. A second call
# makes it anew. It needs git and nothing else: no configuration, no network, no identity of yours.
set -eu
unset CDPATH
cd "$(dirname "$0")"

# Neither your settings (signing, hooks, templates) nor a repository around this one has a say.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
unset $(git rev-parse --local-env-vars)

rm -rf work
mkdir work
cp -R textkit work/textkit
cd work/textkit
git -c init.defaultBranch=main init --quiet --template=
git config user.name "drover quick start"
git config user.email "quickstart@drover.invalid"
git add .
git commit --quiet --message "textkit, as far as it was described"
echo "ready: $(pwd)"
