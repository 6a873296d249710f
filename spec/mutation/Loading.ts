/**
 * Finds the mutants with which a module can not even be loaded: no spec of a file that fails to load ever turns red, and
 * Stryker counts red specs alone.
 */
import { expect, it } from "vitest"

declare global {
  interface ImportMeta {
    /** Vite's own: the files of a pattern, with what imports each. */
    readonly glob: (pattern: string) => Readonly<Record<string, () => Promise<unknown>>>
  }
}

const modules = import.meta.glob("../../core/**/*.ts")

it("every module of the core loads", async () => {
  expect(Object.keys(modules)).toContain("../../core/index.ts")
  for (const load of Object.values(modules)) await load()
})
