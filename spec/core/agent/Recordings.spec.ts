import fc from "fast-check"
import { expect, it } from "vitest"
import { fold, messageBytes, type Rules } from "../../../core/agent/AgentStream.ts"
import { summarize, type Summary } from "../../../core/agent/Summary.ts"
import { noProgress, type Progress } from "../../../core/execution/AttemptRecord.ts"
import { spendBasis } from "../../../core/task/AgentDefinition.ts"
import { all, named, type Recording, recordings, type Vendor, vendors } from "./Recordings.ts"

const at = Date.UTC(2026, 10, 20, 12)
const perToken = { input: 1e6, output: 1e6, cacheRead: 1e6, cacheWrite: 1e6 }
const rules = (kind: Vendor): Rules => ({ kind, limitFallbackMs: 300_000, price: perToken, offsetMinutes: 0 })

const summary = (vendor: Vendor, { exit, stderr, stdout }: Recording): Summary =>
  summarize(stdout, exit, at, rules(vendor), stderr)

/** Runs that nobody ended, and that the server can tell of. */
const whole = (vendor: Vendor) =>
  recordings[vendor].flatMap((run) =>
    run.isStream && run.signals.length === 0 && run.exit.code === 0 && run.served !== null
      ? [{ run, served: run.served, found: summary(vendor, run) }]
      : []
  )

it("AGT-1 every line that any of the programs printed is understood or passed over, wherever the output is cut", () => {
  expect(all.length).toBeGreaterThan(350)
  const run = fc.constantFrom(...all)
  fc.assert(
    fc.property(run, fc.nat(), fc.nat(), ([vendor, { stdout }], lines, characters) => {
      const kept = stdout.slice(0, lines % (stdout.length + 1))
      const cut = stdout[kept.length]?.slice(0, characters % 400) ?? ""
      const { costUsd, lastMessage, tools, toolTurns, turns } = [...kept, cut].reduce(
        (progress, line) => fold(progress, line, at, rules(vendor)),
        noProgress(at)
      )
      expect(costUsd === null || (Number.isFinite(costUsd) && costUsd >= 0)).toBe(true)
      expect(Math.max(turns, toolTurns, tools.length)).toBeLessThanOrEqual(kept.length + 1)
      expect(Buffer.byteLength(lastMessage ?? "")).toBeLessThanOrEqual(messageBytes)
    })
  )
})

it("AGT-1 the session is the recording's own; one that was asked for and does not exist is none", () => {
  const differing = all
    .filter(([vendor, run]) => run.isStream && summary(vendor, run).session !== run.session)
    .map(([vendor, { name }]) => `${vendor}/${name}`)
  expect(differing).toEqual(["claude-code/no-persist.2", "claude-code/resume-unknown"])
})

it("AGT-1 a turn is an answer of the model, and a tool turn one that calls a tool", () => {
  for (const vendor of ["claude-code", "opencode"] as const) {
    // Two processes of OpenCode on one history mix up who is answered.
    const runs = whole(vendor).filter(({ run }) => vendor !== "opencode" || !run.name.startsWith("resume-same-twice"))
    expect(runs.length).toBeGreaterThan(30)
    const differing = runs.filter(
      ({ found, served }) => found.turns !== served.answered || found.toolTurns !== served.tools
    )
    expect(differing.map(({ found, run, served }) => [run.name, found.turns, found.toolTurns, served])).toEqual([])
  }
})

/**
 * In the API of Anthropic what was cached is no part of the input; in OpenAI's it is, though the scripted server has been
 * told of more that was cached than of input once.
 */
const used = (vendor: Vendor, { cached, cacheWrite, input, output }: NonNullable<Recording["served"]>): number =>
  vendor === "claude-code" ? input + cached + cacheWrite + output : Math.max(input, cached) + output

/** Without the money that is reported: what it cost is counted in tokens then. */
const unpriced = ({ stdout, ...run }: Recording): Recording => ({
  ...run,
  stdout: stdout.map((line) => line.replaceAll(/"(?:total_cost_usd|cost)":[\d.e-]+/g, `"none":0`))
})

it("AGT-1 what a run used is what its server has counted, also when its program goes on from an earlier one", () => {
  for (const vendor of vendors) {
    const runs = whole(vendor).filter(({ run }) => !/\.\d$/.test(run.name))
    expect(runs.length).toBeGreaterThan(20)
    const differing = runs.flatMap(({ run, served }) => {
      const { costUsd } = summary(vendor, unpriced(run))
      return costUsd === used(vendor, served) ? [] : [[run.name, costUsd, served]]
    })
    expect(differing).toEqual([])
  }
})

it("EXE-9 a run that goes on from an earlier one costs what it has used itself", () => {
  const read = (vendor: Vendor, { stdout }: Recording, from: Progress): Progress =>
    stdout.reduce((progress, line) => fold(progress, line, at, rules(vendor)), from)
  for (const vendor of vendors) {
    const first = read(vendor, unpriced(named(vendor, "resume")), noProgress(at))
    const basis = spendBasis(vendor)
    const again = unpriced(named(vendor, "resume.2"))
    const second = read(vendor, again, noProgress(at, { progress: first, basis }))
    expect([second.session, second.costUsd]).toEqual([first.session, 120])
    expect(first.costUsd).toBe(360)
  }
})

it("AGT-1 money is what the program reports, and unknown from one that reports none", () => {
  const money = (vendor: Vendor, name: string) => {
    const { exit, stdout } = named(vendor, name)
    return summarize(stdout, exit, at, { ...rules(vendor), price: null }).costUsd
  }
  expect(money("claude-code", "happy")).toBe(0.003)
  // Three turns, two results: the last one tells of all.
  expect(money("claude-code", "bg-bash")).toBe(0.003)
  expect(money("opencode", "happy")).toBeCloseTo(0.0018, 10)
  expect(money("codex", "happy")).toBeNull()
  expect(money("claude-code", "sigkill-tool")).toBeNull()
})

it("AGT-2 a run has succeeded if and only if it ended with status 0 after a last record that says so", () => {
  const notDone: Readonly<Record<Vendor, ReadonlyArray<string>>> = {
    // Interrupted, held up by a hook, or not begun at all: and yet status 0.
    "claude-code": [
      "hook-pre-stop",
      "hook-prompt-block",
      "hook-prompt-json-block",
      "hook-stop-continue-false",
      "sigint-group-tool",
      "sigint-hang",
      "sigint-tool-late",
      "stdout-closed-tool"
    ],
    codex: [],
    // A permission was refused in the middle, or another process took the conversation away.
    opencode: ["perm-ask-noauto", "perm-default-noauto", "resume-same-twice.2"]
  }
  for (const vendor of vendors) {
    const runs = recordings[vendor].filter(({ isStream }) => isStream)
    const done = runs.filter((run) => summary(vendor, run).succeeded)
    expect(done.length).toBeGreaterThan(45)
    expect(done.filter(({ exit }) => exit.code !== 0)).toEqual([])
    expect(runs.filter((run) => run.exit.code === 0 && !done.includes(run)).map(({ name }) => name)).toEqual(
      notDone[vendor]
    )
  }
})

it("AGT-2 nothing is decided before the end: of no run that succeeded would the output without its last record do", () => {
  for (const [vendor, run] of all.filter(([vendor, run]) => run.isStream && summary(vendor, run).succeeded)) {
    const records = run.stdout.filter((line) => line !== "")
    const last = records.findLastIndex((line) => /"type":"(?:result|turn\.completed|step_finish)"/.test(line))
    const { succeeded } = summary(vendor, { ...run, stdout: records.slice(0, last) })
    // Claude Code may give a result more than once; each of them says what was done by then.
    const isEarlier = records.slice(0, last).some((line) => line.includes(`"type":"result"`))
    expect([run.name, succeeded && !isEarlier]).toEqual([run.name, false])
  }
})

it("AGT-1 why a provider did not answer is told apart: usage, rate, overload, credentials, money, the request, the rest", () => {
  const told = (vendor: Vendor, name: string) => {
    const { limit, outcome, trouble } = summary(vendor, named(vendor, name))
    return [trouble, outcome, limit === null ? null : (limit.until - at) / 1000]
  }
  const reset = (1_795_190_000_000 - at) / 1000
  expect(told("claude-code", "rl-unified-oauth")).toEqual(["usage", "Limited", reset])
  expect(told("claude-code", "rl-unified-oauth-noreset")).toEqual(["rate", "Limited", 300])
  expect(told("claude-code", "rl-unified-warning")).toEqual([null, "Clean", null])
  expect(told("claude-code", "rl-unified-allowed")).toEqual([null, "Clean", null])
  expect(told("claude-code", "rl-forever-2retries")).toEqual(["rate", "Limited", 300])
  expect(told("claude-code", "rl-once")).toEqual([null, "Clean", null])
  expect(told("claude-code", "overloaded-forever-2retries")).toEqual(["overload", "Limited", 300])
  expect(told("claude-code", "unauthorized-1retry")).toEqual(["authentication", "Limited", 0])
  expect(told("claude-code", "credit-low")).toEqual(["billing", "Limited", 0])
  expect(told("claude-code", "bad-request")).toEqual(["request", "Forced", null])
  expect(told("claude-code", "prompt-too-long")).toEqual(["request", "Forced", null])
  expect(told("claude-code", "invalid-model")).toEqual(["request", "Forced", null])
  expect(told("claude-code", "error-500")).toEqual(["server", "Forced", null])
  // 3:53 PM, of a machine whose clock shows UTC; the minute has to be over.
  expect(told("codex", "usage-limit")).toEqual(["usage", "Limited", (3 * 60 + 54) * 60])
  expect(told("codex", "chatgpt-usage-limit-429-once")).toEqual(["usage", "Limited", 300])
  expect(told("codex", "rl-forever")).toEqual(["rate", "Limited", 300])
  expect(told("codex", "rl-once")).toEqual([null, "Clean", null])
  expect(told("codex", "overloaded")).toEqual(["overload", "Limited", 300])
  expect(told("codex", "unauthorized")).toEqual(["authentication", "Limited", 0])
  expect(told("codex", "insufficient-quota")).toEqual(["billing", "Limited", 0])
  expect(told("codex", "invalid-model")).toEqual(["request", "Forced", null])
  expect(told("codex", "context-too-long")).toEqual(["request", "Forced", null])
  expect(told("codex", "disconnect-mid-forever")).toEqual(["network", "Forced", null])
  expect(told("opencode", "rl-forever")).toEqual(["rate", "Limited", 1])
  expect(told("opencode", "rl-once")).toEqual([null, "Clean", null])
  expect(told("opencode", "unauthorized")).toEqual(["authentication", "Limited", 0])
  expect(told("opencode", "bad-request")).toEqual(["request", "Forced", null])
  expect(told("opencode", "invalid-model-api")).toEqual(["request", "Forced", null])
})

it("AGT-1 while a program waits to ask again it is known why, and what it prints then says that it does not any more", () => {
  const waiting = (vendor: Vendor, name: string) =>
    named(vendor, name).stdout.reduce((progress, line) => fold(progress, line, at, rules(vendor)), noProgress(at))
      .waiting
  expect(waiting("claude-code", "retry-after-59")).toBe("rate")
  expect(waiting("claude-code", "overloaded-forever-default")).toBe("overload")
  expect(waiting("claude-code", "rl-once")).toBeNull()
  expect(waiting("codex", "rl-long-retry-after")).toBe("rate")
  expect(waiting("codex", "server-gone")).toBe("network")
  expect(waiting("codex", "rl-once")).toBeNull()
})

it("EXE-7 a file that is read counts as read, by a tool of its own or by a command", () => {
  for (const vendor of vendors) {
    expect(summary(vendor, named(vendor, "happy")).filesRead.map((path) => path.replace(/.*\//, ""))).toEqual([
      "hello.txt"
    ])
  }
})
