import fc from "fast-check"
import { parse } from "smol-toml"
import { expect, it } from "vitest"
import { scan } from "../../../shell/config/KeyPositions.ts"
import { anyText, knownText } from "./TomlText.ts"

it("API-1 every key of a TOML text is found where it stands, past strings, comments, lists and inline tables", () => {
  fc.assert(
    fc.property(knownText, ({ text, keys }) => {
      // What the parser refuses would prove nothing.
      parse(text)
      const positions = scan(text)
      for (const { path, position } of keys) expect([path, positions.exact(path)]).toEqual([path, position])
    })
  )
})

it("API-1 a key that is not in the text has the place of what is around it", () => {
  fc.assert(
    fc.property(knownText, fc.nat(), ({ text, keys }, choice) => {
      const positions = scan(text)
      expect(positions.nearest(["nowhere"])).toEqual({ line: 1, column: 1 })
      const known = keys[choice % Math.max(1, keys.length)]
      if (known === undefined) return
      expect(positions.exact([...known.path, "nowhere"])).toBeNull()
      expect(positions.nearest([...known.path, "nowhere", 3])).toEqual(known.position)
    })
  )
})

it("API-1 the scan of any text ends, and every place it gives lies inside the text", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const lines = text.split("\n")
      for (const path of [["task", 0, "name"], ["agents", "a", "kind"], ["task"]]) {
        const { line, column } = scan(text).nearest(path)
        expect(line).toBeLessThanOrEqual(lines.length)
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1)
      }
    })
  )
})

it("API-1 a text nested deeper than any document is scanned without running out of stack or time", () => {
  const dotted = scan(`${"a.".repeat(200_000)}b = 1\nc = 1`)
  expect(dotted.exact(["c"])).toEqual({ line: 2, column: 1 })
  expect(dotted.exact(["a", "a", "a"])).toEqual({ line: 1, column: 5 })
  expect(scan(`a = ${"[".repeat(200_000)}\nb = 1`).exact(["a"])).toEqual({ line: 1, column: 1 })
  expect(scan(`a = ${"{a=".repeat(200_000)}`).exact(["a", "a"])).toEqual({ line: 1, column: 6 })
})

it("API-1 a line that is not TOML hides no key of the lines after it, and many lists are not deep ones", () => {
  const broken = scan('a = "unfinished\nb = [1 2]\n= 3\n[c\nd = { e\n"f')
  expect(broken.exact(["b"])).toEqual({ line: 2, column: 1 })
  expect(broken.exact(["c", "d", "e"])).toEqual({ line: 5, column: 7 })
  const lists = Array.from({ length: 3000 }, (_, index) => `k${index} = [{ x = [] }]`)
  expect(scan(lists.join("\n")).exact(["k2999", 0, "x"])).toEqual({ line: 3000, column: 12 })
})
