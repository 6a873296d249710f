/** Text on a terminal: widths, tables, redrawing, colours, sums, and the rotation of the log. */
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect, it } from "vitest"
import { type TaskState, words } from "../../../core/stage/TaskState.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"
import * as BatchView from "../../../shell/cli/BatchView.ts"
import type { Seen } from "../../../shell/view/FleetView.ts"
import { submitted } from "../../core/arbitraries/Tasks.ts"
import * as Money from "../../../shell/view/Money.ts"
import * as Moment from "../../../shell/view/Moment.ts"
import * as Output from "../../../shell/cli/Output.ts"
import * as Screen from "../../../shell/cli/Screen.ts"
import * as SupervisorLog from "../../../shell/cli/SupervisorLog.ts"
import * as Table from "../../../shell/cli/Table.ts"
import * as Text from "../../../shell/cli/Text.ts"

const letters = fc.constantFrom(
  "a",
  "Z",
  " ",
  "é",
  "漢",
  "한",
  "🚀",
  "́",
  "—",
  "\u001b[31m",
  "\u0007",
  "\r",
  "\u009b2J",
  "\t"
)
const anything = fc.oneof(
  fc.array(letters, { maxLength: 30 }).map((all) => all.join("")),
  fc.fullUnicodeString()
)

it("API-7 plain text holds nothing that a terminal obeys", () => {
  fc.assert(
    fc.property(anything, (text) => {
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(Text.plain(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
      expect(Text.oneLine(text)).not.toMatch(/[\n\t]/)
    })
  )
})

it("API-7 a text that is cut fits, and one that fits is not cut", () => {
  fc.assert(
    fc.property(anything.map(Text.oneLine), fc.nat(40), (text, columns) => {
      const cut = Text.cut(text, columns)
      expect(Text.width(cut)).toBeLessThanOrEqual(columns)
      if (Text.width(text) <= columns) expect(cut).toBe(text)
      expect(Text.width(Text.pad(cut, columns))).toBe(columns)
    })
  )
  expect(Text.width("漢字")).toBe(4)
  expect(Text.width("é")).toBe(1)
})

it("API-7 a table is never wider than the terminal, its columns begin below each other, and no line ends in a space", () => {
  const columns = [
    { title: "ID", align: "right" as const },
    { title: "NAME", least: 6 },
    { title: "NOTE", least: 4 }
  ]
  const word = fc.string({ maxLength: 25, unit: "grapheme-ascii" }).map((text) => text.trim())
  const row = fc.tuple(fc.nat(9999).map(String), word, word)
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), fc.integer({ min: 20, max: 90 }), (rows, limit) => {
      const lines = Table.lines(columns, rows, limit)
      expect(lines).toHaveLength(rows.length + 1)
      for (const line of lines) {
        expect(Text.width(line)).toBeLessThanOrEqual(limit)
        expect(line).toBe(line.trimEnd())
      }
      const free = Table.lines(columns, rows, null)
      for (const [index, [, name, note]] of rows.entries()) {
        expect(free[index + 1]).toContain(name)
        if (note !== "") expect(free[index + 1]?.endsWith(note)).toBe(true)
      }
      const at = free[0]?.indexOf("NAME") ?? -1
      for (const [index, [, name]] of rows.entries())
        if (name !== "") expect(free[index + 1]?.startsWith(name, at)).toBe(true)
    })
  )
})

/** What a terminal shows after what was written: it knows newlines, cursor up, and clearing to the end. */
const shownBy = (written: string): ReadonlyArray<string> => {
  let lines: Array<string> = [""]
  // oxlint-disable-next-line no-control-regex -- the escape sequences are what is interpreted
  for (const [, up, text = ""] of written.matchAll(/\u001b\[(\d+)F\u001b\[J|([^\u001b]+)/g)) {
    if (up !== undefined) lines = [...lines.slice(0, lines.length - 1 - Number(up)), ""]
    const [first = "", ...rest] = text.split("\n")
    lines = [...lines.slice(0, -1), (lines.at(-1) ?? "") + first, ...rest]
  }
  return lines.slice(0, -1)
}

it("API-7 what is drawn again stands where it stood, and what was printed before stays above it", () => {
  const line = fc.stringMatching(/^[a-z]{0,8}$/)
  fc.assert(
    fc.property(fc.array(line, { maxLength: 3 }), fc.array(fc.array(line, { maxLength: 6 })), (before, frames) => {
      let written = before.map((text) => `${text}\n`).join("")
      const sink = { isTTY: true, columns: 80, rows: 24, write: (text: string) => (written += text) }
      const screen = Screen.make(Output.make(sink, sink, { TERM: "xterm" }))
      for (const frame of frames) Effect.runSync(screen.draw(frame))
      expect(shownBy(written)).toEqual([...before, ...(frames.at(-1) ?? [])])
    })
  )
})

it("API-7 what is drawn leaves room on a low terminal, or the next drawing would miss its beginning", () => {
  let written = ""
  const sink = { isTTY: true, columns: 80, rows: 5, write: (text: string) => (written += text) }
  const screen = Screen.make(Output.make(sink, sink, {}))
  Effect.runSync(screen.draw(["1", "2", "3", "4", "5", "6"]))
  expect(written).toBe("1\n2\n3\n4\n")
})

it("API-7 the table of a batch fits every terminal, keeps the most telling rows in their order, and says how many it left out", () => {
  const state = fc.constantFrom(...words)
  const of = (state: TaskState, index: number): Seen => ({
    task: { ...submitted({ qa: "server", merge: "none", start: "auto" }), id: TaskId.make(index + 1) },
    state,
    waiting: null,
    stuckOn: null,
    person: null
  })
  const isTelling = (row: Seen): boolean => row.state === "NEEDS_HUMAN"
  fc.assert(
    fc.property(fc.array(state, { maxLength: 40 }), fc.integer({ min: 8, max: 30 }), (states, terminal) => {
      const rows = states.map(of)
      const sink = { isTTY: true, columns: 60, rows: terminal, write: () => true }
      const output = Output.make(sink, sink, { NO_COLOR: "1" })
      const lines = BatchView.frame({ title: "tasks.toml", now: 5, since: 0, rows }, output)
      expect(lines.length).toBeLessThan(terminal)
      for (const line of lines) expect(Text.width(line)).toBeLessThanOrEqual(60)
      const shown = lines.flatMap((line) => [...line.matchAll(/^ *#(\d+) /g)].map(([, id]) => Number(id)))
      expect(shown).toEqual(shown.toSorted((a, b) => a - b))
      const left = Number(/^… and (\d+) more$/m.exec(lines.join("\n"))?.[1] ?? 0)
      expect(shown.length + left).toBe(rows.length)
      const telling = rows.filter(isTelling).length
      expect(rows.filter((row) => isTelling(row) && shown.includes(row.task.id))).toHaveLength(
        Math.min(telling, shown.length)
      )
    })
  )
})

it("API-7 only a terminal is redrawn or coloured, and NO_COLOR, CI and a dumb terminal are respected", () => {
  const write = () => true
  const live = (isTTY: boolean, environment: Record<string, string>) => {
    const { hasColour, isLive } = Output.make({ isTTY, write }, { write }, environment)
    return { isLive, hasColour }
  }
  expect(live(true, {})).toEqual({ isLive: true, hasColour: true })
  expect(live(true, { NO_COLOR: "1" })).toEqual({ isLive: true, hasColour: false })
  expect(live(true, { NO_COLOR: "" })).toEqual({ isLive: true, hasColour: true })
  expect(live(true, { CI: "true" })).toEqual({ isLive: false, hasColour: false })
  expect(live(true, { TERM: "dumb" })).toEqual({ isLive: false, hasColour: false })
  expect(live(false, {})).toEqual({ isLive: false, hasColour: false })
})

it("API-7 a cost that was not reported is unknown, never nothing, whatever it is summed with", () => {
  const cost = fc.record({ usd: fc.double({ min: 0, max: 100, noNaN: true }), isUnknown: fc.boolean() })
  fc.assert(
    fc.property(fc.array(cost), (costs) => {
      const sum = Money.sum(costs)
      expect(Money.show(sum).startsWith("unknown")).toBe(costs.some(({ isUnknown }) => isUnknown))
      // What is known to have cost something is never shown as nothing.
      if (sum.usd > 0) expect(Money.show(sum)).not.toContain("$0.00")
      const json = Money.toJson({ usd: 0, isUnknown: true })
      expect(json).toEqual({ cost_usd: null, cost_is_complete: false })
    })
  )
})

it("API-7 lengths of time read as people say them", () => {
  expect([0, 840, 9_940, 9_960, 59_400, 61_000, 3_599_600, 7_620_000].map(Moment.length)).toEqual([
    "0.0 s",
    "0.8 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min 01 s",
    "1 h 00 min",
    "2 h 07 min"
  ])
})

it("API-7 the supervisor's log is put aside when it is full, and only the newest files are kept", async () => {
  const folder = await mkdtemp(join(tmpdir(), "drover-log-"))
  const file = join(folder, "supervisor.log")
  const complaints: Array<string> = []
  const complain = (text: string) => Effect.sync(() => void complaints.push(text))
  for (let session = 0; session < 6; session++) {
    const lines = Effect.forEach([0, 1, 2], (line) => Effect.logInfo(`session ${session} line ${line}`), {
      discard: true
    })
    await Effect.runPromise(Effect.provide(lines, SupervisorLog.layer(file, complain, { bytes: 1 })))
  }
  expect((await readdir(folder)).toSorted()).toEqual(["supervisor.log", "supervisor.log.1", "supervisor.log.2"])
  const kept = await Promise.all([".2", ".1", ""].map((end) => readFile(file + end, "utf8")))
  for (const [index, text] of kept.entries())
    expect(text.match(new RegExp(`session ${index + 3} line`, "g"))).toHaveLength(3)
  await rm(folder, { recursive: true })
  await Effect.runPromise(Effect.provide(Effect.logInfo("lost"), SupervisorLog.layer(file, complain)))
  expect(complaints).toEqual([expect.stringContaining(file)])
})

it("STO-4 what a supervisor logs as an error is told on standard error too, once as long as it stays the same", async () => {
  const folder = await mkdtemp(join(tmpdir(), "drover-log-"))
  const file = join(folder, "supervisor.log")
  const told: Array<string> = []
  const layer = SupervisorLog.layer(file, (text) => Effect.sync(() => void told.push(text)))
  const [full, other] = [Effect.logError("the disk is full"), Effect.logError("it is read-only")]
  const work = Effect.all([Effect.logInfo("supervising"), full, full, Effect.logWarning("slow"), full, other, full])
  await Effect.runPromise(Effect.provide(work, layer))
  expect(told).toEqual(["the disk is full", "it is read-only", "the disk is full"])
  expect((await readFile(file, "utf8")).trimEnd().split("\n")).toHaveLength(7)
  await rm(folder, { recursive: true })
})
