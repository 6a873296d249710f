import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { gzipSync } from "node:zlib"
import { describe, expect, it } from "vitest"

const folder = resolve(import.meta.dirname, "../../dist/board")
const style = readFileSync(resolve(import.meta.dirname, "../../shell/board/style/board.css"), "utf8")

/** Of one part of a colour, 0 to 255 (WCAG 2.2, relative luminance). */
const linear = (part: number): number =>
  part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4
const luminance = (colour: string): number => {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16)))
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}
const contrast = (a: string, b: string): number => {
  const [less = 0, more = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (more + 0.05) / (less + 0.05)
}

/** The two values of each colour, for light and for dark. */
const colours = new Map(
  [...style.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name = "", light = "", dark = ""]) => [name, [light, dark] as const]
  )
)

describe("the page as it is built", () => {
  it("BRD-19 all of it is less than 200 KB compressed, and its text has no script and no style", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.\w+$/.test(name))
    const size = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0)
    expect(size).toBeLessThan(200_000)
    const page = readFileSync(join(folder, "index.html"), "utf8")
    expect(page).toContain("<script")
    expect(page).not.toMatch(/<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|https?:|\/\//)
    for (const [, name = ""] of page.matchAll(/(?:src|href)="\/([^"]+)"/g)) expect(files).toContain(name)
  })

  it("BRD-19 nothing of Node and nothing of Effect's code is in the page, which names no host", () => {
    const scripts = readdirSync(join(folder, "assets")).filter((name) => name.endsWith(".js"))
    const text = scripts.map((name) => readFileSync(join(folder, "assets", name), "utf8")).join("\n")
    // Only the words are shown where it fails, not the page.
    expect(text.match(/["'`]node:\w+|effect\/\w+|openapi|FiberFailure/gi) ?? []).toEqual([])
    const hosts = new Set([...text.matchAll(/https?:\/\/[\w.]+/g)].map(([host]) => host))
    // Names of languages of markup: nothing is loaded from there.
    hosts.delete("http://www.w3.org")
    expect([...hosts]).toEqual([])
  })

  it("BRD-17 every colour of text has a contrast of 4.5 or more on what it stands on, in light and in dark", () => {
    const pairs = [
      ...["page", "sheet", "raised"].flatMap((ground) => ["text", "quiet"].map((text) => [text, ground] as const)),
      ...["work", "wait", "person", "bad", "good", "quiet"].map((tone) => [tone, `${tone}-ground`] as const),
      ...["person", "bad", "good", "work", "accent"].map((text) => [text, "sheet"] as const),
      ["on-accent", "accent"] as const
    ]
    for (const [text, ground] of pairs) {
      for (const mode of [0, 1] as const) {
        const found = contrast(colours.get(text)?.[mode] ?? "#000000", colours.get(ground)?.[mode] ?? "#000000")
        expect([text, ground, mode, found >= 4.5]).toEqual([text, ground, mode, true])
      }
    }
  })
})
