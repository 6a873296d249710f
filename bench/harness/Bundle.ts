/**
 * The programs that samples run, each as one file: a sample is a process of its own, and would otherwise spend more time
 * on reading a thousand modules than on its work. What is measured is so drover as it ships: bundled.
 */
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const rootFrom = (directory: string): string =>
  existsSync(join(directory, "package.json")) ? directory : rootFrom(dirname(directory))

/** The repository: this module may run from its own file or from a bundle. */
export const repository = rootFrom(dirname(fileURLToPath(import.meta.url)))

const compiled = join(repository, "dist", "bench")
const bundled = join(compiled, "bundle")

const programs = ["Sample", "Victim", "RawRecovery", "HookServer", "PeerVictim", "LoopWatch"] as const
type Program = (typeof programs)[number]

/** The file of a program, once it is bundled. */
export const fileOf = (program: Program): string => join(bundled, `${program}.mjs`)

/** Bundles all of them, from what `tsc` made. */
export const bundle = async (): Promise<void> => {
  await build({
    entryPoints: programs.map((program) => join(compiled, "programs", `${program}.js`)),
    outdir: bundled,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["better-sqlite3", "esbuild"],
    // Dependencies in CommonJS call require, which a module in ESM does not have.
    banner: {
      js: `import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);`
    },
    logLevel: "warning"
  })
}
