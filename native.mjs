/**
 * Makes sure that the SQLite driver's native part is there, and builds it if not. npm could run the driver's own
 * install script instead, but that one downloads Node's headers even where they lie beside node, so that a machine
 * that reaches the registry and nothing else could not install drover.
 */
import { spawnSync } from "node:child_process"
import { readFileSync, realpathSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

const require = createRequire(import.meta.url)
const driver = dirname(require.resolve("better-sqlite3/package.json"))

/** Whether the driver opens a database in a process of its own, as this one could not load it a second time. */
const works = () =>
  spawnSync(process.execPath, ["-e", `new (require(${JSON.stringify(driver)}))(":memory:").close()`]).status === 0

/** The folder whose include/node holds the headers of exactly this node, if there is one. */
const headers = () => {
  const prefix = dirname(dirname(realpathSync(process.execPath)))
  try {
    const text = readFileSync(join(prefix, "include/node/node_version.h"), "utf8")
    const part = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1]
    return `v${part("MAJOR")}.${part("MINOR")}.${part("PATCH")}` === process.version ? prefix : undefined
  } catch {
    return undefined
  }
}

if (!works()) {
  const run = (args) => spawnSync(process.execPath, args, { cwd: driver, encoding: "utf8", maxBuffer: 1 << 28 })
  const download = run([createRequire(join(driver, "package.json")).resolve("prebuild-install/bin.js")])
  if (download.status !== 0 || !works()) {
    const gyp = process.env.npm_config_node_gyp
    if (gyp === undefined) throw new Error("start this through npm (npm run prepare): npm knows where node-gyp is")
    const prefix = headers()
    const compile = run([
      gyp,
      "rebuild",
      "--release",
      "--jobs=max",
      ...(prefix === undefined ? [] : [`--nodedir=${prefix}`])
    ])
    if (compile.status !== 0 || !works()) {
      console.error(`${download.stderr}\n${compile.stdout}\n${compile.stderr}`)
      console.error("The SQLite driver could not be built: python3, make and g++ are needed (see above).")
      process.exit(1)
    }
  }
}
