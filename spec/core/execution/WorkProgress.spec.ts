/** What counts as getting anywhere, and what an attempt that gets nowhere leads to. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fold } from "../../../core/agent/AgentStream.ts"
import { noProgress } from "../../../core/execution/AttemptRecord.ts"
import type { Ending } from "../../../core/execution/Execution.ts"
import { unaddressedTree } from "../../../core/execution/Execution.ts"
import { begin, isChanged, noReads, progressed, read, type Reads } from "../../../core/execution/WorkProgress.ts"
import { drive, type Fate } from "../arbitraries/Drive.ts"
import { submitted } from "../arbitraries/Tasks.ts"

const paths = fc.constantFrom("/a.ts", "/b.ts", "/c/d.ts", "/c/e.ts", "README.md")
const trees = fc.constantFrom(null, unaddressedTree, "t1", "t2")
const squash = { qa: "server", merge: "squash", start: "auto" } as const

const readAll = (files: ReadonlyArray<string>, from: Reads = noReads): Reads => files.reduce(read, from)

describe("progress", () => {
  it("EXE-7 a file that no attempt has read before is progress, and reading it again is none", () => {
    fc.assert(
      fc.property(fc.array(fc.array(paths, { maxLength: 6 }), { maxLength: 6 }), (attempts) => {
        const known = new Set<string>()
        let reads = noReads
        for (const files of attempts) {
          reads = readAll(files, begin(reads))
          expect(reads.grew).toBe(files.some((file) => !known.has(file)))
          for (const file of files) known.add(file)
        }
        expect(reads.files).toHaveLength(known.size)
      })
    )
  })

  it("EXE-7 changed content is progress; the same content is none unless a file was read; what is not known is no lack", () => {
    fc.assert(
      fc.property(trees, trees, fc.array(paths, { maxLength: 2 }), (before, after, files) => {
        const reads = readAll(files)
        const isKnown = before !== null && after !== null && before !== unaddressedTree && after !== unaddressedTree
        expect(isChanged({ before, after })).toBe(isKnown && before !== after)
        expect(progressed({ before, after }, reads)).toBe(!isKnown || before !== after || files.length > 0)
      })
    )
  })

  it("EXE-7 the files an agent reads are those its tools name, however the record is made", () => {
    const use = (name: unknown, input: unknown): string =>
      JSON.stringify({ type: "assistant", message: { content: [{ type: "tool_use", id: "t", name, input }] } })
    const filesOf = (...lines: ReadonlyArray<string>) =>
      lines.reduce((progress, line) => fold(progress, line, 1), noProgress(0)).reads.files.length
    expect(filesOf(use("Read", { file_path: "/a" }), use("Read", { file_path: "/b", offset: 3 }))).toBe(2)
    expect(filesOf(use("Read", { file_path: "/a" }), use("read", { filePath: "/a" }))).toBe(1)
    expect(filesOf(use("NotebookRead", { notebook_path: "/n.ipynb" }))).toBe(1)
    for (const other of [
      use("Edit", { file_path: "/a" }),
      use("Read", {}),
      use("Read", { file_path: 7 }),
      use(3, null)
    ]) {
      expect(filesOf(other)).toBe(0)
    }
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (name, input) => {
        expect(filesOf(use(name, input))).toBeLessThanOrEqual(1)
      })
    )
  })

  it("EXE-7 what is remembered is bounded, and reading on beyond it is no progress any more", () => {
    let reads = noReads
    for (let n = 0; n < 3000; n++) reads = read(reads, `/file-${n}`)
    expect(reads.files).toHaveLength(2048)
    expect(read(begin(reads), "/another").grew).toBe(false)
    expect(JSON.stringify(reads).length).toBeLessThan(32 * 1024)
  })
})

describe("the caps", () => {
  const ends = (how: Ending, facts: Partial<Extract<Fate, { readonly _tag: "Ends" }>>): Fate => ({
    _tag: "Ends",
    how,
    ...facts
  })
  const idle = ends({ _tag: "Clean" }, { progressed: false })
  const active = ends({ _tag: "Clean" }, { progressed: true })
  const forced = fc.constantFrom(
    ends({ _tag: "Forced", detail: "status 1" }, { progressed: false }),
    ends({ _tag: "Aborted", detail: "no session" }, { progressed: false }),
    ends({ _tag: "Lost" }, { progressed: false }),
    ends({ _tag: "Stopped", why: "Inactive" }, { progressed: false }),
    ends({ _tag: "Limited", resumeAt: 90_000 }, { progressed: false })
  )

  /** Attempts whose work no verifier passes, so that another follows. */
  const played = (fates: ReadonlyArray<Fate>) =>
    drive(submitted(squash, { maxRetries: 100 }), {
      fates,
      verdicts: fates.map(() => "FAIL" as const),
      policy: { maxAborts: 100 }
    })

  it("EXE-7 an end that drover forced, or that its provider did, never counts as a lack of progress", () => {
    fc.assert(
      fc.property(fc.array(forced, { maxLength: 12 }), (fates) => {
        const { task } = played(fates)
        expect(task.facts.attemptsWithoutProgress).toBe(0)
        expect(task.stage._tag).toBe("Coding")
      })
    )
  })

  it("EXE-7 three clean ends in a row without progress block, and any progress between begins the count anew", () => {
    const kinds = fc.oneof(fc.constant(idle), fc.constant(active), forced)
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 14 }), (fates) => {
        let inARow = 0
        const at = fates.findIndex((fate) => {
          if (fate === active) inARow = 0
          else if (fate === idle) inARow++
          return inARow === 3
        })
        const { launched, task } = played(fates)
        const isBlocked = task.stage._tag === "Blocked" && task.stage.reason._tag === "NoProgress"
        expect(isBlocked).toBe(at >= 0)
        if (at >= 0) expect(launched).toHaveLength(at + 1)
      })
    )
  })

  it("EXE-7 eight respawns without a commit block, and a commit begins the count anew", () => {
    const dirty = ends({ _tag: "Clean" }, { dirty: true })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (respawns) => {
        const fates = Array.from({ length: respawns }, () => dirty)
        const { launched, task } = drive(submitted(squash), { fates })
        expect(task.stage._tag).toBe(respawns >= 8 ? "Blocked" : "Coding")
        if (respawns >= 8) expect(task.stage).toMatchObject({ reason: { _tag: "NeverCommitted" } })
        expect(launched).toHaveLength(Math.min(respawns, 8))
      })
    )
    const { task } = drive(submitted(squash), {
      fates: [dirty, dirty, dirty, ends({ _tag: "Clean" }, { moved: true })]
    })
    expect(task.facts.respawnsWithoutCommit).toBe(0)
  })
})
