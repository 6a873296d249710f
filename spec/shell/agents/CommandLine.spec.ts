/** How vendors' programs are started; that the real ones understand it is shown by `npm run spec:agents`. */
import fc from "fast-check"
import { expect, it } from "vitest"
import { Marker } from "../../../core/execution/AttemptRecord.ts"
import { args } from "../../../shell/agents/CommandLine.ts"

const vendors = ["claude-code", "codex", "opencode"] as const
const marker = fc.hexaString({ minLength: 32, maxLength: 32 }).map((text) => Marker.make(text.toLowerCase()))
const asked = fc.record({
  session: fc.option(fc.constantFrom("ses_1", "01900000-0000-7000-8000-000000000001")),
  marker,
  model: fc.option(fc.constantFrom("opus", "mock/mock-model")),
  args: fc.array(fc.constantFrom("--verbose", "-c", "a=b", "--allowedTools=Bash", "--agent", "build"), { maxLength: 4 })
})

/** RFC 9562, 5.4. */
const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

it("AGT-3 a new conversation of Claude Code has an id that no other attempt has; a conversation that goes on keeps its own", () => {
  fc.assert(
    fc.property(asked, marker, (given, other) => {
      const line = args("claude-code", given)
      const chosen = (from: Marker) =>
        args("claude-code", { ...given, session: null, marker: from }).at(
          -1 - given.args.length - (given.model === null ? 0 : 2)
        )
      expect(line.includes("--session-id")).toBe(given.session === null)
      expect(line.includes("--resume")).toBe(given.session !== null)
      expect(chosen(given.marker)).toMatch(uuid4)
      expect(chosen(given.marker) === chosen(other)).toBe(same(given.marker, other))
    })
  )
})

/** Six of its bits say only that it is a random UUID. */
const same = (a: string, b: string): boolean => {
  const bits = (marker: string): string => marker.slice(0, 12) + marker.slice(13, 16) + marker.slice(17)
  return bits(a) === bits(b)
}

it("AGT-3 whatever is asked, the conversation and the model are named once, and the user's own arguments come last", () => {
  fc.assert(
    fc.property(fc.constantFrom(...vendors), asked, (kind, given) => {
      const line = args(kind, given)
      const own = line.slice(line.length - given.args.length)
      const before = line.slice(0, line.length - given.args.length)
      expect(own).toEqual(given.args)
      expect(before.filter((word) => word === given.session).length).toBe(given.session === null ? 0 : 1)
      expect(before.filter((word) => word === given.model).length).toBe(given.model === null ? 0 : 1)
      // The prompt is on standard input, which is at its end behind it.
      expect(before.some((word) => word.includes(" "))).toBe(false)
    })
  )
})

it("AGT-3 nobody is there to be asked, so that all is allowed, unless the user says otherwise", () => {
  const given = { session: null, marker: Marker.make("0".repeat(32)), model: null }
  const line = (kind: (typeof vendors)[number], ...own: ReadonlyArray<string>) => args(kind, { ...given, args: own })
  const free = { "claude-code": "--dangerously-skip-permissions", codex: "--dangerously-bypass-approvals-and-sandbox" }
  expect(line("claude-code")).toContain(free["claude-code"])
  expect(line("claude-code", "--permission-mode", "acceptEdits")).not.toContain(free["claude-code"])
  expect(line("claude-code", "--permission-mode=plan")).not.toContain(free["claude-code"])
  expect(line("codex")).toContain(free.codex)
  expect(line("codex", "-s", "workspace-write")).not.toContain(free.codex)
  expect(line("codex", "--sandbox=read-only")).not.toContain(free.codex)
  expect(line("opencode")).toContain("--auto")
  expect(args("command", { ...given, args: ["-x"] })).toEqual(["-x"])
})

it("AGT-3 a program that is only asked has no leave, whatever kind it is, but what the user's own arguments give it", () => {
  const given = { session: null, marker: null, model: null, isAskedOnly: true }
  for (const kind of vendors) {
    const all = args(kind, { ...given, args: [], isAskedOnly: false })
    const asked = args(kind, { ...given, args: [] })
    expect(all.filter((word) => !asked.includes(word))).toHaveLength(1)
    expect(args(kind, { ...given, args: ["--own"] })).toEqual([...asked, "--own"])
  }
})
