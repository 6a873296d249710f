import fc from "fast-check"
import { expect, it } from "vitest"
import { hookNames } from "../../../core/hook/HookName.ts"
import { group, handler, isOwn, namesOf, programOf } from "../../../core/hook/VendorHooks.ts"

const path = fc
  .array(fc.oneof(fc.fullUnicodeString({ minLength: 1 }), fc.constantFrom("'", `'\\''`, "\n", " # drover", "it's")), {
    minLength: 1
  })
  .map((parts) => `/${parts.join("")}`)

it("API-6 from an entry's command the program that it runs is known again, whatever is in its path", () => {
  fc.assert(
    fc.property(path, fc.constantFrom(...hookNames), (program, name) => {
      const { command } = handler(program, name)
      expect(isOwn(command)).toBe(true)
      expect(programOf(command)).toBe(program)
    })
  )
})

it("API-6 a command of somebody else's runs no program of drover's", () => {
  fc.assert(
    fc.property(fc.fullUnicodeString(), (command) => {
      fc.pre(!isOwn(command))
      expect(programOf(command)).toBeNull()
    })
  )
  expect(programOf("/state/hook Stop # drover")).toBeNull()
})

it("API-6 each vendor's hooks are some of drover's, each once, and an entry is a group without a matcher", () => {
  for (const vendor of ["claude-code", "codex", "opencode"] as const) {
    const names = namesOf(vendor)
    expect(names.length).toBeGreaterThan(0)
    expect(names.filter((name) => !hookNames.includes(name))).toEqual([])
    expect(new Set(names).size).toBe(names.length)
  }
  const stop = handler("/state/hook", "Stop")
  expect(group(stop)).toEqual({ hooks: [{ type: "command", command: "'/state/hook' Stop # drover", timeout: 3 }] })
})
