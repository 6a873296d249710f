/**
 * Runs the core's specs for Stryker in its own process: a mutant costs the specs that it takes to find it and no more.
 * Stryker's runner for vitest starts a worker for each mutant, which takes longer than most specs.
 */
import { readdirSync } from "node:fs"
import { createRequire } from "node:module"
import { resolve } from "node:path"
import type { InstrumenterContext, MutantCoverage } from "@stryker-mutator/api/core"
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin"
import {
  determineHitLimitReached,
  type DryRunOptions,
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult
} from "@stryker-mutator/api/test-runner"
import fc from "fast-check"
import { type Bundle, make } from "./Bundle.ts"
import { Order } from "./Order.ts"
import { type Outcome, type Run, runFile, vitest } from "./Specs.ts"

/** It measures a bundle in an engine of its own, where no mutant is ever switched on. */
const unfit = "claim/Linear.spec.ts"

const specs = readdirSync("spec/core", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".spec.ts") && file !== unfit)
  .map((file) => `spec/core/${file}`)
  .toSorted()

/** What the instrumented code counts, and looks at to know which mutant it is. */
const context: InstrumenterContext = {}
Object.assign(globalThis, { __stryker__: context })

/** Every mutant is looked for with the same cases. */
const seed = Number(process.env.DROVER_SEED ?? 1)
const runs = Number(process.env.DROVER_RUNS ?? 100)
/** Milliseconds after which a mutant is given up: what specs would still have noticed counts as survived. */
const patience = Number(process.env.DROVER_PATIENCE_MS ?? Number.POSITIVE_INFINITY)

const packages = new Map<string, unknown>([
  ["vitest", { ...vitest, inject: (key: string) => (key === "seed" ? seed : runs) }],
  ["fast-check", fc]
])

const resultOf = ({ failure, file, id, took }: Outcome): TestResult => {
  const result = { id, name: id, timeSpentMs: took, fileName: resolve(file) }
  return failure === null
    ? { ...result, status: TestStatus.Success }
    : { ...result, status: TestStatus.Failed, failureMessage: failure }
}

/** Under which hooks of a file are covered: every spec of the file is asked for what they reach. */
const hooksOf = (file: string): string => `${file}#`

const addCoverage = ({ perTest }: MutantCoverage, from: string, to: string): void => {
  const own = (perTest[to] ??= {})
  for (const [mutant, hits] of Object.entries(perTest[from] ?? {})) own[mutant] = (own[mutant] ?? 0) + hits
}

const forget = (): void => {
  for (const key of ["activeMutant", "currentTestId", "hitCount", "hitLimit"] as const) delete context[key]
}

class Runner implements TestRunner {
  /** Where the instrumented code lies; it is not there yet when this file is loaded. */
  readonly #root = process.cwd()
  readonly #order = new Order(process.env.DROVER_MUTATED ?? "core")
  #made: Promise<Bundle> | undefined

  capabilities = () => ({ reloadEnvironment: true })

  init = async (): Promise<void> => {
    // What finds a mutant need not be made small.
    fc.configureGlobal({ seed, numRuns: runs, endOnFailure: true })
    // What specs print is for people who run them.
    console.log = () => undefined
    this.#made = make(this.#root, specs)
    await this.#made
  }

  dryRun = async ({ files = [] }: DryRunOptions): Promise<DryRunResult> => {
    const coverage: MutantCoverage = { static: {}, perTest: {} }
    context.mutantCoverage = coverage
    const enter = (id: string): void => void (context.currentTestId = id)
    const outcomes = await this.#run(files, null, { onStart: enter, onHook: (file) => enter(hooksOf(file)) })
    delete context.mutantCoverage
    for (const { file, id } of outcomes) addCoverage(coverage, hooksOf(file), id)
    for (const { file } of outcomes) delete coverage.perTest[hooksOf(file)]
    return { status: DryRunStatus.Complete, tests: outcomes.map(resultOf), mutantCoverage: coverage }
  }

  mutantRun = async (options: MutantRunOptions): Promise<MutantRunResult> => {
    const { activeMutant, hitLimit, mutantActivation, sandboxFileName, testFilter } = options
    const asked = testFilter === undefined ? null : new Set(testFilter)
    const activate = (): void => void (context.activeMutant = activeMutant.id)
    if (hitLimit !== undefined) Object.assign(context, { hitCount: 0, hitLimit })
    if (mutantActivation === "static") activate()
    const outcomes = await this.#run([sandboxFileName], asked, { onLoaded: activate }, patience)
    const endless = determineHitLimitReached(context.hitCount, hitLimit)
    forget()
    return toMutantRunResult(endless ?? { status: DryRunStatus.Complete, tests: outcomes.map(resultOf) })
  }

  /** Every file that imports one of these and has specs that are asked for, in modules of its own, until one is red. */
  async #run(
    files: ReadonlyArray<string>,
    asked: ReadonlySet<string> | null,
    run: Omit<Run, "root" | "loaders" | "isAsked">,
    limit = Number.POSITIVE_INFINITY
  ): Promise<ReadonlyArray<Outcome>> {
    const bundle = await this.#made
    if (bundle === undefined) return []
    const require = createRequire(resolve("package.json"))
    const loaders = bundle.evaluate((name) => packages.get(name) ?? require(name))
    const all: Array<Outcome> = []
    const importing = bundle.importing(new Set(files))
    const askedFiles = asked === null ? null : new Set([...asked].map((id) => id.slice(0, id.indexOf("#"))))
    let spent = 0
    for (const file of this.#order.of(importing.filter((each) => askedFiles?.has(each) ?? true))) {
      if (spent + this.#order.took(file) > limit) continue
      delete context.currentTestId
      const began = performance.now()
      const isAsked = (id: string): boolean => asked?.has(id) ?? true
      const outcomes = await runFile(file, { root: this.#root, loaders, isAsked, ...run })
      all.push(...outcomes)
      if (outcomes.some(({ failure }) => failure !== null)) {
        this.#order.found(file)
        break
      }
      const took = performance.now() - began
      spent += took
      this.#order.missed(file, took)
    }
    return all
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "specs", Runner)]
