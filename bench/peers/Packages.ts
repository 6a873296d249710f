/**
 * The packages of the peers, in their exact versions: installed from the npm registry into a temporary folder, each with
 * its own dependencies, and never into this repository.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { environment } from "../harness/SampleProcess.ts"
import type { Need } from "./Peer.ts"

/** graphile-worker 0.18 and pg-boss 11 want Node 22. */
const packages = {
  plainjob: { plainjob: "0.0.14" },
  "better-queue": { "better-queue": "3.8.12", "better-queue-sqlite": "1.0.7" },
  bullmq: { bullmq: "6.7.0", ioredis: "5.8.2" },
  "pg-boss": { "pg-boss": "10.4.2" },
  "graphile-worker": { "graphile-worker": "0.17.3" },
  dbos: { "@dbos-inc/dbos-sdk": "5.3.0" }
} as const satisfies { readonly [N in Exclude<Need, "postgresql" | "redis">]: Record<string, string> }

type Packaged = keyof typeof packages

export const isPackaged = (need: Need): need is Packaged => Object.hasOwn(packages, need)

/** The install scripts that npm 11 would not run by itself: they compile what the package is about. */
const allowScripts = { sqlite3: true, "better-sqlite3": true, "msgpackr-extract": true }

const limitMs = 600_000

/** Installs what that peer needs; why it can not, or null. */
export const install = (root: string, need: Packaged): string | null => {
  const directory = join(root, need)
  mkdirSync(directory)
  const manifest = { private: true, allowScripts, dependencies: packages[need] }
  writeFileSync(join(directory, "package.json"), JSON.stringify(manifest))
  const { error, status, stderr } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: directory,
    env: environment(),
    encoding: "utf8",
    timeout: limitMs,
    killSignal: "SIGKILL"
  })
  if (error !== undefined) return error.message
  return status === 0 ? null : `npm could not install it: ${stderr.trim().split("\n")[0] ?? ""}`
}

/** What a package of that peer exports, as `Exports` describes the part of it that is used. */
export const load = async <Exports>(root: string, need: Packaged, name: string): Promise<Exports> => {
  const resolve = createRequire(join(root, need, "package.json"))
  const loaded: { readonly default?: unknown } = await import(pathToFileURL(resolve.resolve(name)).href)
  // One of CommonJS has all of its exports in the default one.
  // oxlint-disable-next-line typescript/consistent-type-assertions -- its types are installed as late as it is
  return (loaded.default ?? loaded) as Exports
}
