/** Runs files of specs in this process with vitest's own runner and matchers, until one spec is red. */
import { join } from "node:path"
import * as Expect from "@vitest/expect"
import * as Vitest from "@vitest/runner"
import { getNames } from "@vitest/runner/utils"
import * as chai from "chai"
import type { Loaders } from "./Bundle.ts"

chai.use(Expect.JestExtend)
chai.use(Expect.JestChaiExpect)
chai.use(Expect.JestAsymmetricMatchers)

const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  Reflect.get(globalThis, Expect.ASYMMETRIC_MATCHERS_OBJECT)
)
// What `JestExtend` has put there is in no type.
Reflect.apply(Reflect.get(chai.expect, "extend"), chai.expect, [expect, Expect.customMatchers])

/** What `vitest` exports, as far as the core's specs use it. */
export const vitest = { ...Vitest, it: Vitest.test, expect }

export interface Outcome {
  /** Relative to the root. */
  readonly file: string
  /** Its file and its whole title. */
  readonly id: string
  /** Milliseconds. */
  readonly took: number
  /** Null if it is green. */
  readonly failure: string | null
}

export interface Run {
  readonly root: string
  readonly loaders: Loaders
  /** Whether a spec is to be run, by its id. */
  readonly isAsked: (id: string) => boolean
  readonly onLoaded?: () => void
  readonly onStart?: (id: string) => void
  /** What runs next may be a hook: told with the file when it is loaded, and after each spec. */
  readonly onHook?: (file: string) => void
}

const idOf = (file: string, test: Vitest.Test): string => `${file}#${getNames(test).slice(1).join(" ")}`

/** No spec ends itself: whoever runs them knows how long each may take. */
const unlimited = 2 ** 31 - 1

/** The outcomes of one file's specs in order, the last of which may be red; a file that can not be loaded is red itself. */
export const runFile = async (file: string, run: Run): Promise<ReadonlyArray<Outcome>> => {
  const outcomes: Array<Outcome> = []
  let isOver = false
  const runner: Vitest.VitestRunner = {
    config: {
      root: run.root,
      setupFiles: [],
      name: undefined,
      passWithNoTests: true,
      testNamePattern: undefined,
      allowOnly: false,
      sequence: { seed: 0, hooks: "stack", setupFiles: "list" },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: unlimited,
      hookTimeout: unlimited,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false
    },
    importFile: async () => {
      await run.loaders[file]?.()
      run.onLoaded?.()
      run.onHook?.(file)
    },
    onBeforeRunTask: (test) => {
      const id = idOf(file, test)
      if (isOver || !run.isAsked(id)) test.mode = "skip"
      else run.onStart?.(id)
    },
    onAfterRunTask: (test) => {
      run.onHook?.(file)
      if (test.mode !== "run") return
      const failure = test.result?.state === "fail" ? (test.result.errors?.[0]?.message ?? "red") : null
      isOver ||= failure !== null
      outcomes.push({ file, id: idOf(file, test), took: test.result?.duration ?? 0, failure })
    }
  }
  const [found] = await Vitest.startTests([join(run.root, file)], runner)
  if (found?.result?.state !== "fail" || isOver) return outcomes
  return [
    ...outcomes,
    { file, id: file, took: 0, failure: found.result.errors?.[0]?.message ?? "it can not be loaded" }
  ]
}
