/**
 * Bundles the simulation: drover's own code as it is, with the disk, SQLite, randomness and the turns of the event loop
 * of the simulation in place of Node's; which action is begun is announced. The argument is the file to write.
 */
import { basename, resolve } from "node:path"
import { build } from "esbuild"

const adapters = resolve("spec/simulation/adapters")
const replaced = new Map([
  ["node:fs", "Files.ts"],
  ["node:fs/promises", "FilePromises.ts"],
  ["node:crypto", "Crypto.ts"]
])

/** What the simulation has something else for: loaded, and never called. */
const unused = /\/shell\/(?:git|process\/(?:ProcFs|Ps|HostProcesses)\.ts|ownership\/(?:HostId|VolumeLook)\.ts)/

await build({
  entryPoints: ["spec/simulation/main.ts"],
  outfile: process.argv[2] ?? "dist/simulation/main.mjs",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: true,
  inject: [resolve(adapters, "Immediate.ts")],
  logLevel: "warning",
  plugins: [
    {
      name: "simulation",
      setup: ({ onResolve }) => {
        onResolve({ filter: /^node:(?:fs|fs\/promises|crypto)$/ }, ({ importer, path }) =>
          /\/shell\//.test(importer) && !unused.test(importer)
            ? { path: resolve(adapters, replaced.get(path)) }
            : { path, external: true }
        )
        onResolve({ filter: /^better-sqlite3$/ }, ({ importer, path }) =>
          importer.includes("sql-sqlite-node") ? { path: resolve(adapters, "Sqlite.ts") } : { path, external: true }
        )
        onResolve({ filter: /\/(?:Ancestry|StandardInput)\.ts$/ }, ({ importer, path }) =>
          importer.endsWith("/shell/cli/MailHook.ts") ? { path: resolve(adapters, basename(path)) } : undefined
        )
        onResolve({ filter: /\/Declarations\.ts$/ }, ({ importer }) =>
          importer.endsWith("/shell/guards/GuardWatch.ts") ? { path: resolve(adapters, "Declarations.ts") } : undefined
        )
        onResolve({ filter: /\/core\/tick\/Intent\.ts$/ }, ({ importer }) =>
          importer.endsWith("/shell/actuator/Actuator.ts") ? { path: resolve(adapters, "Intent.ts") } : undefined
        )
        // That one is bundled, for the SQLite that it imports is another here.
        onResolve({ filter: /^[^./]/ }, ({ path }) =>
          path.startsWith("@effect/sql-sqlite-node") ? undefined : { path, external: true }
        )
      }
    }
  ]
})
