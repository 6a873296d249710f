/** Every parser of a text from outside, given what is near to valid and what is nothing at all. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { afterAll, describe, expect, it } from "vitest"
import * as AgentStream from "../../core/agent/AgentStream.ts"
import * as Version from "../../core/agent/Version.ts"
import * as ActionClaim from "../../core/claim/index.ts"
import { noProgress, Progress } from "../../core/execution/AttemptRecord.ts"
import { bytesOf } from "../../core/hook/Cut.ts"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import * as SessionPolicy from "../../core/policy/SessionPolicy.ts"
import * as ShellLine from "../../core/shell-line/index.ts"
import { Kind } from "../../core/task/AgentDefinition.ts"
import { parseTaskId } from "../../core/task/Identifiers.ts"
import * as Verdict from "../../core/verify/Verdict.ts"
import type { ConfigInvalid } from "../../shell/config/ConfigProblem.ts"
import * as Configuration from "../../shell/config/Configuration.ts"
import * as HttpTable from "../../shell/config/HttpTable.ts"
import * as RepositoryPolicy from "../../shell/config/RepositoryPolicy.ts"
import * as TaskFile from "../../shell/config/TaskFile.ts"
import * as Toml from "../../shell/config/Toml.ts"
import * as Settings from "../../shell/hooks/settings/Settings.ts"
import * as SpoolFile from "../../shell/hooks/SpoolFile.ts"
import * as Exit from "../../shell/process/Exit.ts"
import { markerOf } from "../../shell/process/ProcFs.ts"
import * as ProcStat from "../../shell/process/ProcStat.ts"
import { markerLength } from "../../shell/process/ProcessTable.ts"
import * as PsListing from "../../shell/process/PsListing.ts"
import * as Documents from "./Documents.ts"
import { secret, sweep, text } from "./Hostile.ts"
import { bounded, tally, writeDown } from "./Tally.ts"

afterAll(writeDown)

/** Of a message, whatever was sent: a few lines for a person. */
const messageLength = 2000

const expectMessage = (message: string): void => {
  expect(message).not.toBe("")
  expect(message.length).toBeLessThanOrEqual(messageLength)
  expect(message).not.toContain(secret)
}

it("STO-6 whatever comes as a hook's body becomes one event: bounded, without its keys, and the same when it is read again", () => {
  const count = tally("hook body")
  fc.assert(
    fc.property(text(Documents.hookBodies), (body) => {
      const event = bounded(() => HookEvent.make("PreToolUse", body))
      count(body.length, "value")
      expect(bytesOf(event.payload)).toBeLessThanOrEqual(HookEvent.payloadBytes)
      expect(event.payload).not.toContain(secret)
      for (const id of [event.sessionId, event.toolName, event.toolUseId])
        expect((id ?? "").length).toBeLessThanOrEqual(200)
      expect((event.cwd ?? "").length).toBeLessThanOrEqual(4096)
      expect(bounded(() => HookEvent.make("PreToolUse", event.payload))).toEqual(event)
    })
  )
})

/** JSON of a progress: 2,048 files of 11 characters, 16 conversations, 64 tools, and a message of 4 KiB with its escapes. */
const progressLength = 200_000

/** Of a record whose values are replaced one by one: a longer one has no other fields, but more of them. */
const longestSwept = 3000

describe.each(Kind.literals)("a transcript of %s", (kind) => {
  const count = tally(`transcript of ${kind}`)
  const rules = { ...AgentStream.plain, kind, price: { input: 1, output: 2, cacheRead: 1, cacheWrite: 1 } }
  const decode = Schema.decodeUnknownEither(Schema.parseJson(Progress))
  const expectProgress = (transcript: string): void => {
    const lines = transcript.split("\n")
    const progress = bounded(() =>
      lines.reduce((known, line) => AgentStream.fold(known, line, 1000, rules), noProgress(0))
    )
    count(transcript.length, "value")
    const stored = JSON.stringify(progress)
    expect(stored.length).toBeLessThanOrEqual(progressLength)
    expect(decode(stored)).toEqual(Either.right(progress))
  }

  it(`AGT-1 whatever ${kind} prints is read into a progress that is bounded, and that the store gives back as it was`, () => {
    fc.assert(fc.property(text(Documents.transcripts[kind]), expectProgress))
  })

  it(`AGT-1 the same of each record of ${kind} with any of its values replaced by one that no program should send`, () => {
    for (const record of Documents.transcripts[kind]) {
      if (record.length >= longestSwept) continue
      bounded(() => {
        for (const changed of sweep(record)) expectProgress(changed)
      })
    }
  })
})

const documents: ReadonlyArray<
  readonly [
    name: string,
    valid: ReadonlyArray<string>,
    read: (d: Toml.Document) => Either.Either<unknown, ConfigInvalid>
  ]
> = [
  ["config.toml", Documents.configurations, Configuration.fromDocument],
  ["a task file", Documents.taskFiles, (document) => TaskFile.fromDocument(document, "/folder")],
  [".drover.toml", Documents.policies, RepositoryPolicy.fromDocument]
]
describe.each(documents)("%s", (name, valid, read) => {
  it(`API-1 ${name} is read or refused with places inside it, in short lines that show no key`, () => {
    const count = tally(name)
    expect(valid.every((each) => Either.isRight(Either.flatMap(Toml.parse(name, each), read)))).toBe(true)
    fc.assert(
      fc.property(text(valid), (content) => {
        const found = bounded(() => Either.flatMap(Toml.parse(name, content), read))
        count(content.length, Either.isRight(found) ? "value" : "refused")
        if (Either.isRight(found)) return
        const lines = content.split("\n").length
        expect(found.left.problems.length).toBeGreaterThan(0)
        for (const { key, line, message, suggestion } of found.left.problems) {
          expect((line ?? 1) >= 1 && (line ?? 1) <= lines).toBe(true)
          expectMessage(`${key}: ${message}${suggestion ?? ""}`)
        }
      })
    )
  })
})

it("PRC-1 an exit record is decoded or refused without a word of what is in it", () => {
  const count = tally("exit record")
  fc.assert(
    fc.property(text(Documents.exits), (content) => {
      const found = bounded(() => Exit.parse(content))
      count(content.length, Either.isRight(found) ? "value" : "refused")
      if (Either.isLeft(found)) return expectMessage(String(found.left))
      const { at, code, signal } = found.right
      expect([code, at].every((each) => each === null || Number.isInteger(each))).toBe(true)
      expect(signal).not.toBe("")
    })
  )
})

/** Parsers of a word or a line: a value that lies in a set, or none. */
const words: ReadonlyArray<
  readonly [name: string, title: string, valid: ReadonlyArray<string>, read: (text: string) => boolean]
> = [
  [
    "verdict line",
    "EXE-15 a verdict is one of two words or none, and passes by nothing but its line",
    Documents.words,
    (each) => {
      const verdict = Verdict.ofText(each)
      const last = each.split("\n").findLast((line) => line.trim() !== "")
      expect(verdict === "PASS").toBe(last === "VERDICT: PASS" || last === "VERDICT: PASS\r")
      return verdict !== null
    }
  ],
  [
    "stat line",
    "PRC-3 a line of /proc is a process with numbers that are whole, or none",
    Documents.stats,
    (each) => {
      const stat = Option.getOrNull(ProcStat.parse(each))
      if (stat === null) return false
      expect(
        [stat.pid, stat.ppid, stat.pgid, stat.sid, stat.cpuMs].every((n) => Number.isSafeInteger(n) && n >= 0)
      ).toBe(true)
      return true
    }
  ],
  [
    "environment",
    "PRC-3 a marker is bounded, whatever an environment holds",
    Documents.environments,
    (each) => {
      const marker = markerOf(each)
      expect((marker ?? "x").length).toBeLessThanOrEqual(markerLength)
      expect(marker).not.toBe("")
      return marker !== null
    }
  ],
  [
    "listing of ps",
    "PRC-3 a listing of ps is read whole or refused",
    Documents.listings,
    (each) => {
      const found = PsListing.parse(each, each)
      if (Either.isLeft(found)) return false
      expect(found.right).toHaveLength(each.split("\n").filter((line) => line.trim() !== "").length)
      return true
    }
  ],
  [
    "boot time",
    "PRC-3 a boot time is a number or refused",
    Documents.words,
    (each) => Either.isRight(PsListing.parseBootTime(each))
  ],
  [
    "version",
    "AGT-1 the version of a program is three numbers or none",
    Documents.words,
    (each) => {
      const version = Version.parse(each)
      expect(version === null || version.numbers.every(Number.isSafeInteger)).toBe(true)
      expect((version?.text ?? "").length).toBeLessThanOrEqual(100)
      return version !== null
    }
  ],
  [
    "task id",
    "API-1 a task id is a whole number that a table can hold, or none",
    Documents.words,
    (each) => {
      const id = Option.getOrNull(parseTaskId(each))
      expect(id === null || (Number.isSafeInteger(id) && id > 0)).toBe(true)
      return id !== null
    }
  ],
  [
    "address",
    "API-2 an address to listen on is on this machine, or none",
    Documents.words,
    (each) => {
      const address = HttpTable.parse(each)
      expect(address === null || ["127.0.0.1", "::1", "localhost"].includes(address.host)).toBe(true)
      return address !== null
    }
  ],
  [
    "name in the spool",
    "ING-1 a name in the spool is exactly what a writer calls its files, or none",
    Documents.words,
    (each) => {
      const name = SpoolFile.parse(each)
      expect(name === null || SpoolFile.format(name) === each).toBe(true)
      return name !== null
    }
  ],
  [
    "session policy",
    "API-5 a session policy is one of two answers about an attempt of a task, word for word, or says nothing",
    Documents.sessionPolicies,
    (each) => {
      const owner = SessionPolicy.ownerIn(each)
      if (owner === null) return false
      expect(JSON.parse(each)).toEqual({
        task_id: owner.task,
        approve_mode: "force_manual",
        written_at: expect.stringMatching(/^[0-9TZ:.+-]{1,40}$/),
        answer: expect.stringMatching(/^(?:ask|deny)$/),
        attempt: owner.attempt
      })
      expect(Number.isSafeInteger(owner.task) && owner.task > 0).toBe(true)
      expect(owner.attempt).toMatch(/^[0-9a-f]{32}$/)
      return true
    }
  ],
  [
    "claims",
    "CLM-1 whatever an agent writes is classified, each claim at its place in the text",
    Documents.words,
    (each) => {
      const claims = ActionClaim.classify(each)
      for (const { span } of claims) expect(span[0] >= 0 && span[0] < span[1] && span[1] <= each.length).toBe(true)
      return claims.length > 0
    }
  ],
  [
    "shell line",
    "CLM-7 a shell line is read or refused, whatever is in it",
    Documents.words,
    (each) => ShellLine.parse(each) !== null
  ]
]
describe.each(words)("%s", (name, title, valid, read) => {
  it(`${title}`, () => {
    const count = tally(name)
    fc.assert(
      fc.property(text(valid), (content) => {
        count(content.length, bounded(() => read(content)) ? "value" : "refused")
      })
    )
  })
})

describe.each(["claude-code", "codex", "opencode"] as const)("settings of %s", (vendor) => {
  it(`API-6 settings of ${vendor}, however damaged, are refused in words or get hooks that can be taken out again`, () => {
    const count = tally(`settings of ${vendor}`)
    fc.assert(
      fc.property(text(Documents.settings), (content) => {
        const installed = bounded(() => Settings.install(vendor, content, "/state/hook"))
        count(content.length, Either.isRight(installed) ? "value" : "refused")
        if (Either.isLeft(installed)) return expectMessage(installed.left)
        expect(bounded(() => Settings.standing(vendor, installed.right, "/state/hook"))).toEqual(
          Either.right("installed")
        )
        expect(bounded(() => Settings.install(vendor, installed.right, "/state/hook"))).toEqual(installed)
        expect(bounded(() => Either.isRight(Settings.uninstall(vendor, installed.right)))).toBe(true)
      })
    )
  })
})
