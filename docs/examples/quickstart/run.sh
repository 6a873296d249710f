#!/bin/sh
# What `npm run quickstart` runs: makes the repository, then runs the tasks, with a state directory of their own.
set -eu
unset CDPATH
cd "$(dirname "$0")"
drover="$PWD/../../../dist/bin/drover.cjs"

# In the clone, not in your own state directory; near its root, because a socket's path has room for 100 bytes or so.
DROVER_HOME=$(cd ../../.. && pwd)/.quickstart
export DROVER_HOME

# Begin anew, unless an earlier run is still going on and can not be ended.
if [ -e "$DROVER_HOME" ]; then
  node "$drover" down --stop-agents >/dev/null
  rm -rf "$DROVER_HOME"
fi
sh setup.sh
exec node "$drover" run tasks.toml "$@"
