import fc from "fast-check"
import { expect, it } from "vitest"
import { hookNames, isHookName } from "../../../core/hook/HookName.ts"

const words =
  "SessionStart SessionEnd UserPromptSubmit PreToolUse PostToolUse PostToolUseFailure PermissionRequest Notification Stop StopFailure SubagentStart SubagentStop PreCompact Interrupt"

it("ING-1 there are fourteen names of hook events", () => {
  expect(hookNames.join(" ")).toBe(words)
  expect(hookNames.every(isHookName)).toBe(true)
})

it("ING-1 what is not exactly a name of a hook event is none: case, blanks and parts of a name count", () => {
  const near = fc
    .tuple(fc.constantFrom(...hookNames), fc.constantFrom(" ", "\n", "s", "/", "\u0000"))
    .chain(([name, more]) =>
      fc.constantFrom(
        name.toLowerCase(),
        name.toUpperCase(),
        name.slice(1),
        name.slice(0, -1),
        name + more,
        more + name
      )
    )
  const other = fc.oneof(near, fc.string(), fc.constantFrom("constructor", "__proto__", "toString"))
  fc.assert(
    fc.property(other, (text) => {
      expect(isHookName(text)).toBe(words.split(" ").includes(text))
    }),
    { numRuns: 500 }
  )
})
