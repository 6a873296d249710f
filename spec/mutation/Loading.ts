/**
 * Finds the mutants with which a module can not even be loaded: no spec of a file that fails to load ever turns red, and
 * Stryker counts red specs alone.
 */
import { readdirSync } from "node:fs"
import { expect, it } from "vitest"

const core = new URL("../../core/", import.meta.url)

it("every module of the core loads", async () => {
  const modules = readdirSync(core, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))
  expect(modules).toContain("index.ts")
  for (const name of modules) await import(new URL(name, core).href)
})
