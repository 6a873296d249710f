/** The core's specs as mutation testing runs them: one worker, and first the specs that are likely to find the mutant. */
import { BaseSequencer, type Reporter, type TestSpecification } from "vitest/node"
import { defineConfig } from "vitest/config"

/** Where most mutants of core/stage die: spec/core/stage. */
const own = `/spec/${process.env.DROVER_MUTATED ?? "core"}/`

/** Of each file of specs: how many mutants it found of late, and the milliseconds it takes when it finds none. */
const found = new Map<string, number>()
const took = new Map<string, number>()

const watching: Reporter = {
  onTestModuleEnd: (module) => {
    if (module.ok()) return void took.set(module.moduleId, module.diagnostic().duration)
    if (module.children.allTests("failed").next().done) return
    // Neighbours die alike, and the next mutants are elsewhere.
    for (const [file, times] of found) found.set(file, times * 0.9)
    found.set(module.moduleId, (found.get(module.moduleId) ?? 0) + 1)
  }
}

/** A mutant is dead with its first red spec, so that the order decides how long that takes. */
class LikelyFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const hope = ({ moduleId }: TestSpecification) =>
      ((found.get(moduleId) ?? 0) + (moduleId.includes(own) ? 0.5 : 0.05)) / (100 + (took.get(moduleId) ?? 0))
    // The one that loads modules in its spec is last, for what is loaded before any spec is what makes a mutant static.
    const isLast = ({ moduleId }: TestSpecification) => Number(moduleId.endsWith("/Loading.ts"))
    return files.toSorted((a, b) => isLast(a) - isLast(b) || hope(b) - hope(a))
  }
}

export default defineConfig({
  test: {
    setupFiles: ["spec/setup.ts", "spec/mutation/setup.ts"],
    globalSetup: ["spec/seed.ts"],
    include: ["spec/core/**/*.spec.ts", "spec/mutation/Loading.ts"],
    // It measures a bundle in an engine of its own, where no mutant is ever switched on.
    exclude: ["spec/core/claim/Linear.spec.ts"],
    isolate: false,
    // Instrumented code is slow. Stryker ends the mutants that never end.
    testTimeout: 60_000,
    reporters: [watching],
    sequence: { sequencer: LikelyFirst }
  }
})
