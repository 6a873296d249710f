/** The lock with everything under it in one file, over files that a spec can step. */
import { copyFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { join } from "node:path"
import { build } from "esbuild"
import type * as SteppedSupervisor from "./SteppedSupervisor.ts"

const here = import.meta.dirname
const files = join(here, "SteppedFiles.ts")

/** Bundles one module of this folder. */
export const bundle = async (contents: string, outfile: string): Promise<void> => {
  await build({
    stdin: { contents, resolveDir: here },
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    logLevel: "silent",
    plugins: [
      {
        name: "stepped files",
        setup: ({ onResolve }) => {
          onResolve({ filter: /^node:fs\/promises$/ }, ({ importer }) =>
            importer === files ? { external: true } : { path: files }
          )
        }
      }
    ]
  })
}

/** As many supervisors as are asked for that share nothing in memory, each with a gate of its own. */
export const supervisors = async (folder: string, count: number): Promise<ReadonlyArray<typeof SteppedSupervisor>> => {
  const file = join(folder, "supervisor.cjs")
  await bundle('export * from "./SteppedSupervisor.ts"', file)
  const require = createRequire(file)
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const own = join(folder, `supervisor-${index}.cjs`)
      await copyFile(file, own)
      return require(own)
    })
  )
}
