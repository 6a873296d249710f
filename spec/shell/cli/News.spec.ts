import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { TaskId } from "../../../core/task/Identifiers.ts"
import * as News from "../../../shell/cli/News.ts"
import * as Output from "../../../shell/cli/Output.ts"
import * as Screen from "../../../shell/cli/Screen.ts"
import type { AttentionItem } from "../../../shell/store/Store.ts"

const item = (id: number, more: Partial<AttentionItem> = {}): AttentionItem => ({
  id,
  key: `k${id}`,
  task: null,
  text: `about ${id}\u001b[2J`,
  raisedAt: 0,
  acknowledgedAt: null,
  ...more
})

const view = (isTTY: boolean, hasBell: boolean) => {
  const written: Array<string> = []
  const write = (text: string): void => void written.push(text)
  const output = Output.make({ isTTY, columns: 60, rows: 24, write }, { write }, { NO_COLOR: "1" })
  const screen = Screen.make(output)
  return { written, screen, news: News.make(output, screen, hasBell) }
}

it("GRD-2 a live view says each new item once, above what it draws, and rings where it is told to", () => {
  const { news, screen, written } = view(true, true)
  const show = (...items: ReadonlyArray<AttentionItem>): string => {
    written.length = 0
    Effect.runSync(Effect.zipRight(news.tell(items, 0), screen.draw(["status"])))
    return written.join("")
  }
  const says = (text: string) =>
    expect.stringMatching(new RegExp(`^\\d\\d:\\d\\d needs a person: ${text}\n\u0007status\n$`))
  expect(show()).toBe("status\n")
  const first = show(item(1, { task: TaskId.make(7) }))
  expect(first.startsWith("\u001b[1F\u001b[J")).toBe(true)
  expect(first.slice("\u001b[1F\u001b[J".length)).toEqual(says("#7 about 1"))
  expect(show(item(1, { task: TaskId.make(7) }))).toBe("")
  expect(show(item(1), item(2, { acknowledgedAt: 5 }))).toBe("")
  const many = show(...Array.from({ length: 9 }, (_, index) => item(10 + index)))
  expect(many.match(/needs a person: about/g)).toHaveLength(5)
  expect(many).toContain("… and 4 more need a person: drover attention\n")
  expect(show(...Array.from({ length: 9 }, (_, index) => item(10 + index)))).toBe("")
})

it("GRD-2 no bell rings where none is wanted, and nothing is said where nobody looks", () => {
  for (const [isTTY, expected] of [
    [true, "about 1"],
    [false, ""]
  ] as const) {
    const { news, written } = view(isTTY, !isTTY)
    Effect.runSync(news.tell([item(1)], 0))
    expect(written.join("")).toContain(expected)
    expect(written.join("")).not.toContain("\u0007")
  }
})
