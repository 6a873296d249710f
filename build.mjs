/**
 * Bundles the program into dist/bin: the command line as one file, V8's compiled code for it, `drover ingest` alone, and
 * the small `bin` that starts them. Files appear whole (by rename), so a running drover or a second build never reads
 * half of one.
 */
import { build } from "esbuild"
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"

/**
 * Arguments of the run whose functions end up in the compiled code, and of those before it that give it something to
 * show: what a command needs that reads the store is what most starts need.
 */
const WARM_RUN = ["status"]
const BEFORE_WARM_RUN = [["submit", "--name", "warm", "--prompt", "-", "--agent", "warm", "--verify", "true"]]
/** Only what comes before the run has it: most people have none, and what is not compiled loads faster. */
const WARM_CONFIGURATION = '[agents.warm]\nkind = "command"\ncommand = "true"\n'
/** Characters of the digest by which the bundle and its compiled code know each other. */
const TAG_LENGTH = 16

const { version } = JSON.parse(readFileSync("package.json", "utf8"))
const out = "dist/bin"
mkdirSync(out, { recursive: true })
const scratch = mkdtempSync(join(out, ".build-"))

const shared = {
  write: false,
  platform: "node",
  target: "node20",
  minify: true,
  charset: "ascii",
  define: { "process.env.DROVER_VERSION": JSON.stringify(version), TAG_LENGTH: String(TAG_LENGTH) },
  logLevel: "warning"
}

const ADDON = "better-sqlite3/build/Release/better_sqlite3.node"

/**
 * better-sqlite3 goes into the bundle and its compiled code: read from its fifteen files it would take longer than what most
 * commands do with it. Its package looks for the addon by `bindings`, in a dozen places; npm builds it or unpacks it here.
 */
const bundledSqlite = {
  name: "bundled-sqlite",
  setup(build) {
    build.onResolve({ filter: /^bindings$/ }, () => ({ path: "bindings", namespace: "addon" }))
    build.onLoad({ filter: /.*/, namespace: "addon" }, () => ({
      contents: `module.exports = () => require(${JSON.stringify(ADDON)})`,
      resolveDir: "."
    }))
  }
}

/** The text of a bundle made from one entry. */
const bundle = async (entry, options) => {
  const result = await build({ ...shared, entryPoints: [entry], ...options })
  return result.outputFiles[0].text
}

const publish = (name, content, mode = 0o644) => {
  const file = join(scratch, name)
  writeFileSync(file, content)
  chmodSync(file, mode)
  renameSync(file, join(out, name))
}

/** Runs the bundle once and returns what V8 compiled on the way; undefined when that run could not even be started. */
const compile = (source) => {
  const file = join(scratch, "warm.cjs")
  const cache = join(scratch, "warm.cache")
  writeFileSync(join(scratch, "source"), source)
  writeFileSync(
    file,
    `const fs = require("node:fs"), vm = require("node:vm"), path = require("node:path")
     const bin = path.resolve(${JSON.stringify(out)}), filename = path.join(bin, "cli.cjs"), module_ = { exports: {} }
     process.argv[1] = path.join(bin, "drover.cjs")
     const script = new vm.Script(fs.readFileSync(${JSON.stringify(join(scratch, "source"))}, "latin1"), { filename })
     process.on("exit", () => fs.writeFileSync(${JSON.stringify(cache)}, script.createCachedData()))
     script.runInThisContext()(module_.exports, require("node:module").createRequire(filename), module_, filename, bin)`
  )
  const home = resolve(scratch, "home")
  mkdirSync(home)
  writeFileSync(join(home, "config.toml"), WARM_CONFIGURATION)
  for (const args of [...BEFORE_WARM_RUN, WARM_RUN]) {
    const configuration = args === WARM_RUN ? "none" : "config.toml"
    const env = { ...process.env, DROVER_HOME: home, DROVER_CONFIG: join(home, configuration) }
    const run = spawnSync(process.execPath, [file, ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      encoding: "utf8",
      env
    })
    if (run.status !== 0) throw new Error(`drover ${args.join(" ")} failed while it was being built:\n${run.stderr}`)
  }
  return readFileSync(cache)
}

try {
  const main = await bundle("shell/bin/main.ts", {
    bundle: true,
    format: "cjs",
    external: [ADDON],
    plugins: [bundledSqlite],
    // What its package.json names for Node can not be bundled: its parts are required through a variable.
    alias: { "jsonc-parser": "./node_modules/jsonc-parser/lib/esm/main.js" },
    // An import() that stays in the text would need a loader hook from vm.Script; as require() it needs none.
    supported: { "dynamic-import": false }
  })
  const program = `(function(exports,require,module,__filename,__dirname){${main}\n})\n`
  const tag = createHash("sha256").update(program).digest("hex").slice(0, TAG_LENGTH)
  const source = `${program}//${tag}`

  const dispatcher = await bundle("shell/bin/drover.cjs", { bundle: false, format: "cjs" })
  const ingest = await bundle("shell/bin/ingest.ts", { bundle: true, format: "cjs" })
  rmSync(join(out, "cli.cache"), { force: true })
  publish("ingest.cjs", ingest)
  publish("cli.cjs", source)
  publish("drover.cjs", dispatcher, 0o755)
  publish("cli.cache", Buffer.concat([compile(source), Buffer.from(tag, "latin1")]))
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
