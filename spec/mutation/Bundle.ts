/**
 * The core's specs as one script that is compiled once and evaluated for every mutant, so that each meets modules that
 * nobody used before, whatever a mutant did to theirs, and no time goes into loading them.
 */
import { readFile } from "node:fs/promises"
import { dirname, join, relative } from "node:path"
import { Script } from "node:vm"
import { build, type Metafile } from "esbuild"

/** The spec's files by their path, each loaded when it is called. */
export type Loaders = Readonly<Record<string, () => Promise<unknown>>>

export interface Bundle {
  /** Modules that have not been loaded yet. `require` answers for packages. */
  readonly evaluate: (require: (name: string) => unknown) => Loaders
  /** The specs that import one of these files, however indirectly; paths are relative to the root. */
  readonly importing: (files: ReadonlySet<string>) => ReadonlyArray<string>
}

/** What each file imports, itself included. */
const importsOf = (metafile: Metafile, file: string): ReadonlySet<string> => {
  const found = new Set([file])
  for (const path of found) {
    for (const { external, path: imported } of metafile.inputs[path]?.imports ?? []) {
      if (external !== true) found.add(imported)
    }
  }
  return found
}

/** Of the specs at these paths, relative to the root. */
export const make = async (root: string, specs: ReadonlyArray<string>): Promise<Bundle> => {
  const loaders = specs.map((spec) => `${JSON.stringify(spec)}: () => import(${JSON.stringify(`./${spec}`)})`)
  const { metafile, outputFiles } = await build({
    stdin: { contents: `export const loaders = {${loaders.join(",")}}`, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    packages: "external",
    tsconfigRaw: "{}",
    plugins: [
      {
        name: "places",
        // One script has one place; the specs that read files beside them each have their own.
        setup: ({ onLoad }) =>
          onLoad({ filter: /\/spec\/.*\.ts$/ }, async ({ path }) => ({
            contents: (await readFile(path, "utf8")).replaceAll("import.meta.dirname", JSON.stringify(dirname(path))),
            loader: "ts"
          }))
      }
    ]
  })
  const script = new Script(`(module, require) => {${outputFiles[0]?.text ?? ""}\nreturn loaders}`, {
    filename: join(root, "specs.cjs")
  })
  const imports = new Map(specs.map((spec) => [spec, importsOf(metafile, spec)]))
  return {
    evaluate: (require) => script.runInThisContext()({}, require),
    importing: (files) =>
      specs.filter((spec) => [...files].some((file) => imports.get(spec)?.has(relative(root, file))))
  }
}
