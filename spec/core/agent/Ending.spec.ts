import fc from "fast-check"
import { expect, it } from "vitest"
import { messageBytes } from "../../../core/agent/AgentStream.ts"
import { endingOf } from "../../../core/agent/Ending.ts"
import { noProgress } from "../../../core/execution/AttemptRecord.ts"

const exits = fc.oneof(
  fc.record({ code: fc.nat(255), signal: fc.constant(null) }),
  fc.record({ code: fc.constant(null), signal: fc.constantFrom("SIGKILL", "SIGTERM") }),
  fc.constant({ code: null, signal: null })
)
const seen = fc.record({
  session: fc.constantFrom(null, "s"),
  resultIsError: fc.constantFrom(null, true, false),
  limit: fc.option(
    fc.record({ until: fc.nat(2000), cause: fc.constantFrom("usage" as const, "rate" as const, "overload" as const) })
  )
})
const kinds = fc.constantFrom("command" as const, "claude-code" as const, "codex" as const, "opencode" as const)

it("EXE-5 an exit while a limit holds is Limited and uses no attempt, whatever its status, unless all is said to be well", () => {
  fc.assert(
    fc.property(kinds, exits, seen, fc.nat(2000), (kind, exit, what, at) => {
      const ending = endingOf(kind, exit, { ...noProgress(0), ...what }, at, "")
      const isDone = exit.code === 0 && what.resultIsError === false
      const holds = what.limit !== null && what.limit.until > at
      expect(ending._tag === "Limited").toBe(holds && !isDone)
      if (ending._tag === "Limited")
        expect(ending).toMatchObject({ resumeAt: what.limit?.until, cause: what.limit?.cause })
    })
  )
})

it("EXE-5 no time lets in an account that was refused: whenever the program ends, that is why", () => {
  fc.assert(
    fc.property(kinds, exits, fc.nat(2000), fc.nat(2000), (kind, exit, until, at) => {
      const progress = { ...noProgress(0), resultIsError: true, limit: { until, cause: "authentication" as const } }
      const resumeAt = Math.max(until, at)
      expect(endingOf(kind, exit, progress, at, "")).toEqual({ _tag: "Limited", resumeAt, cause: "authentication" })
    })
  )
})

it("AGT-2 an end is clean only with status 0 and a last record that says so; of a command it need not say anything", () => {
  fc.assert(
    fc.property(kinds, exits, seen, (kind, exit, what) => {
      const { _tag } = endingOf(kind, exit, { ...noProgress(0), ...what, limit: null }, 5, "oh")
      const saysDone = kind === "command" ? what.resultIsError !== true : what.resultIsError === false
      expect(_tag === "Clean").toBe(exit.code === 0 && saysDone)
    })
  )
})

it("EXE-10 only a vendor's program that had no session is Aborted; a command never is", () => {
  fc.assert(
    fc.property(kinds, exits, seen, (kind, exit, what) => {
      const { _tag } = endingOf(kind, exit, { ...noProgress(0), ...what, limit: null }, 5, "")
      fc.pre(_tag !== "Clean")
      expect(_tag).toBe(kind !== "command" && what.session === null ? "Aborted" : "Forced")
    })
  )
})

it("EXE-8 the next attempt is told how the last one ended and the end of its errors, within 4 KiB", () => {
  const detail = (
    exit: { code: number | null; signal: string | null },
    errors: string,
    isError: boolean | null = null,
    said: string | null = null
  ) => {
    const progress = { ...noProgress(0), session: "s", resultIsError: isError, lastMessage: said }
    const ending = endingOf(isError === null ? "command" : "codex", exit, progress, 5, errors)
    return ending._tag === "Forced" ? ending.detail : ending._tag
  }
  expect(detail({ code: 3, signal: null }, "")).toBe("the program ended with status 3")
  expect(detail({ code: null, signal: "SIGKILL" }, " \n")).toBe("the program was ended by SIGKILL")
  expect(detail({ code: 0, signal: null }, "", true)).toBe("the program's last record says that it failed")
  expect(detail({ code: null, signal: null }, "")).toBe("the program ended without a status")
  expect(detail({ code: 1, signal: null }, "", true, "The model does not exist")).toBe(
    "the program ended with status 1; the last it said:\nThe model does not exist"
  )
  expect(detail({ code: 1, signal: null }, "oh", false, "All is well")).toBe(
    "the program ended with status 1; the last it said:\noh"
  )
  const silent = endingOf("codex", { code: 0, signal: null }, { ...noProgress(0), session: "s" }, 5, "")
  expect(silent).toEqual({ _tag: "Forced", detail: "the program never said that it is done" })
  const told = detail({ code: 3, signal: null }, `${"€".repeat(5000)}\nTypeError: x is undefined\n`)
  expect(told).toMatch(/^the program ended with status 3; [^]*…€[^]*\nTypeError: x is undefined$/)
  expect(new TextEncoder().encode(told).length).toBeLessThanOrEqual(messageBytes)
})
