/**
 * Bundles the program as it is built for users, but that it announces its effects and can die at any of them: into
 * dist/torture/drover.cjs.
 */
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { build } from "esbuild"

const adapters = resolve("spec/torture/boundary")
const { version } = JSON.parse(readFileSync("package.json", "utf8"))
const replaced = new Map([
  ["node:fs/promises", "FilePromises.ts"],
  ["node:child_process", "ChildProcess.ts"]
])

await build({
  entryPoints: ["shell/bin/main.ts"],
  outfile: "dist/torture/drover.cjs",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["better-sqlite3"],
  alias: { "jsonc-parser": "./node_modules/jsonc-parser/lib/esm/main.js" },
  supported: { "dynamic-import": false },
  define: { "process.env.DROVER_VERSION": JSON.stringify(version), "process.kill": "announcedKill" },
  inject: [resolve(adapters, "Kill.ts")],
  logLevel: "warning",
  plugins: [
    {
      name: "boundaries",
      setup: ({ onResolve }) => {
        onResolve({ filter: /^node:(?:fs\/promises|child_process)$/ }, ({ importer, path }) =>
          /\/shell\//.test(importer) ? { path: resolve(adapters, replaced.get(path)) } : { path, external: true }
        )
        onResolve({ filter: /^better-sqlite3$/ }, ({ importer, path }) =>
          importer.includes("sql-sqlite-node") ? { path: resolve(adapters, "Sqlite.ts") } : { path, external: true }
        )
        onResolve({ filter: /^\.\/Intent\.ts$/ }, ({ importer }) =>
          importer.endsWith("/shell/actuator/Actuator.ts") ? { path: resolve(adapters, "Outcome.ts") } : undefined
        )
        onResolve({ filter: /\/core\/tick\/Intent\.ts$/ }, ({ importer }) =>
          importer.endsWith("/shell/actuator/Actuator.ts") ? { path: resolve(adapters, "Intent.ts") } : undefined
        )
      }
    }
  ]
})
