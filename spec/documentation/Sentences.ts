/**
 * The titles of all specs, as vitest itself collects them: loops, templates and suites that several layers share
 * included, which no reading of the source would find.
 */
import { createVitest } from "vitest/node"

export interface Sentence {
  /** The promise it proves, `STG-3`; null: it names none. */
  readonly id: string | null
  /** The title without the id. */
  readonly text: string
  /** The file of the spec, from the root of the repository. */
  readonly file: string
  /** False: it does not run on this machine, or not by itself. */
  readonly runs: boolean
}

export interface Collected {
  /** In the order of their files, and in a file as they stand there. */
  readonly sentences: ReadonlyArray<Sentence>
  readonly errors: ReadonlyArray<string>
}

/** Every title of the specs here; no spec is run. */
export const collect = async (): Promise<Collected> => {
  // The seed matters to a run, not to a list of titles.
  process.env.DROVER_SEED_SHOWN = "1"
  const vitest = await createVitest("test", { watch: false, reporters: [{}] })
  try {
    const { testModules, unhandledErrors } = await vitest.collect()
    const errors = unhandledErrors.map((error) => String(error))
    const sentences: Array<Sentence> = []
    for (const module of testModules.toSorted((a, b) => (a.relativeModuleId < b.relativeModuleId ? -1 : 1))) {
      const file = module.relativeModuleId
      for (const error of module.errors()) errors.push(`${file}: ${error.message}`)
      for (const test of module.children.allTests()) {
        const { id, text } = /^(?:(?<id>[A-Z]{3}-\d+) )?(?<text>.*)$/su.exec(test.name)?.groups ?? {}
        const { mode } = test.options
        if (mode === "todo") continue
        sentences.push({ id: id ?? null, text: text ?? test.name, file, runs: mode === "run" || mode === "only" })
      }
    }
    return { sentences, errors }
  } finally {
    await vitest.close()
  }
}
