import fc from "fast-check"
import { expect, it } from "vitest"
import { Marker } from "../../../core/execution/AttemptRecord.ts"
import * as SessionPolicy from "../../../core/policy/SessionPolicy.ts"
import { defaultFlow } from "../../../core/task/Flow.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"
import { submitted } from "../arbitraries/Tasks.ts"

const marker = fc.hexaString({ minLength: 32, maxLength: 32 }).map((text) => Marker.make(text))
const policy = fc.record({
  session: fc.uuid(),
  task: fc.integer({ min: 1, max: 2 ** 40 }).map((id) => TaskId.make(id)),
  attempt: marker,
  answer: fc.constantFrom("ask" as const, "deny" as const)
})
const at = fc.integer({ min: 0, max: 4_000_000_000_000 }).map((ms) => new Date(ms).toISOString())

it("API-5 what a policy is written as is one line of JSON by its documented names, and says whose it is", () => {
  fc.assert(
    fc.property(policy, at, (policy, at) => {
      const text = SessionPolicy.render(policy, at)
      expect(text.indexOf("\n")).toBe(text.length - 1)
      expect(JSON.parse(text)).toEqual({
        task_id: policy.task,
        approve_mode: "force_manual",
        written_at: at,
        answer: policy.answer,
        attempt: policy.attempt
      })
      expect(SessionPolicy.ownerIn(text)).toEqual({ task: policy.task, attempt: policy.attempt })
    })
  )
})

it("API-5 a policy that is torn, or anything else, says nothing", () => {
  fc.assert(
    fc.property(policy, at, fc.nat(), fc.string(), (policy, at, cut, more) => {
      const text = SessionPolicy.render(policy, at)
      expect(SessionPolicy.ownerIn(text.slice(0, cut % text.length))).toBe(null)
      expect(SessionPolicy.ownerIn(text + more)).toEqual(more === "" ? SessionPolicy.ownerIn(text) : null)
      expect(SessionPolicy.ownerIn(more)).toBe(null)
      for (const [from, to] of [
        ["force_manual", "inherit"],
        [`"task_id":`, `"task_id":0`],
        [`"answer":"`, `"answer":"allow`]
      ] as const) {
        expect(SessionPolicy.ownerIn(text.replace(from, to))).toBe(null)
      }
    })
  )
})

it("API-5 a session that could lead anywhere names no file: its attempt does", () => {
  const wild = fc.oneof(
    fc.fullUnicodeString({ maxLength: 200 }),
    fc.constantFrom("..", "../x", "a/b", "a\0b", "a.json", "", "a\n", "é", "*", "a b", "x".repeat(129))
  )
  fc.assert(
    fc.property(fc.oneof(wild, fc.uuid()), marker, (session, marker) => {
      const name = SessionPolicy.nameOf(session, marker)
      expect(name).toMatch(/^[A-Za-z0-9_-]{1,128}$/)
      expect([`${session}_${marker}`, marker]).toContain(name)
      expect(SessionPolicy.isName(session) && session.length <= 95).toBe(name !== marker)
      expect(SessionPolicy.nameOf(null, marker)).toBe(marker)
    })
  )
})

it("API-5 tools are asked about or denied where the program can be held, and nowhere is there an answer that allows", () => {
  expect((["claude-code", "codex", "opencode", "command"] as const).map(SessionPolicy.answerOf)).toEqual([
    "ask",
    "deny",
    null,
    null
  ])
  expect(SessionPolicy.isManual(submitted(defaultFlow, { approve: "manual" }))).toBe(true)
  expect(SessionPolicy.isManual(submitted(defaultFlow))).toBe(false)
})
