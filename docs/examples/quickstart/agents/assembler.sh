#!/bin/sh
# Writes index.js: one export for every package. An agent can be any program, this one is a shell script.
set -eu
sleep 1 # a person wants to see something happen
for folder in packages/*/; do
  name=$(basename "$folder")
  echo "export { $name } from \"./packages/$name/$name.js\""
done >index.js
echo '{"type":"result","is_error":false,"total_cost_usd":0,"result":"index.js exports every package"}'
