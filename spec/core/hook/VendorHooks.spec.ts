import fc from "fast-check"
import { expect, it } from "vitest"
import { hookNames } from "../../../core/hook/HookName.ts"
import { handler, isOwn, programOf } from "../../../core/hook/VendorHooks.ts"

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
