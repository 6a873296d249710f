import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bindings, commandOf } from "../../../shell/board/model/Keys.ts"

const places = ["board", "task", "fleet"] as const
const anyKey = fc.oneof(
  fc.constantFrom(...bindings.flatMap(({ keys }) => keys)),
  fc.string({ minLength: 1, maxLength: 1 })
)
const press = fc.record({ key: anyKey, hasModifier: fc.boolean(), isTyping: fc.boolean(), isOnControl: fc.boolean() })

describe("the keys", () => {
  it("BRD-12 a key means one thing in a place, and every command has one", () => {
    for (const place of places) {
      const keys = bindings.flatMap((each) => (each.where.includes(place) ? each.keys : []))
      expect(new Set(keys).size).toBe(keys.length)
    }
    expect(bindings.every(({ keys, where }) => keys.length > 0 && where.length > 0)).toBe(true)
  })

  it("BRD-12 what a person types and what is the browser's does nothing, and letters can be switched off", () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), press, fc.boolean(), (where, pressed, areLettersOn) => {
        const command = commandOf(where, pressed, areLettersOn)
        if (pressed.hasModifier) expect(command).toBeNull()
        if (pressed.isTyping && pressed.key !== "Escape") expect(command).toBeNull()
        if (!areLettersOn && pressed.key.length === 1) expect(command).toBeNull()
        if (pressed.isOnControl && pressed.key === "Enter") expect(command).toBeNull()
      })
    )
  })

  it("BRD-12 j, k, Enter, a and ? do what they say", () => {
    const plain = { hasModifier: false, isTyping: false, isOnControl: false }
    const on = (key: string) => commandOf("board", { ...plain, key }, true)
    expect(on("j")).toEqual({ do: "step", step: "down" })
    expect(on("k")).toEqual({ do: "step", step: "up" })
    expect(on("Enter")).toEqual({ do: "open" })
    expect(on("a")).toEqual({ do: "operate", verb: "approve" })
    expect(on("?")).toEqual({ do: "help" })
  })
})
