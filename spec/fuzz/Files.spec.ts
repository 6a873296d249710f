/**
 * Small files beside which agents work, and which they can reach: whatever bytes are in them, and whatever has been put
 * in their place, they are read without waiting, within a limit, or refused.
 */
import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import fc from "fast-check"
import { afterAll, describe, expect, it, onTestFinished } from "vitest"
import { hookNames } from "../../core/hook/HookName.ts"
import { TaskId } from "../../core/task/Identifiers.ts"
import * as RepositoryPolicy from "../../shell/config/RepositoryPolicy.ts"
import * as WorktreeRecord from "../../shell/git/WorktreeRecord.ts"
import * as Spool from "../../shell/hooks/Spool.ts"
import * as SpoolFile from "../../shell/hooks/SpoolFile.ts"
import * as LockFile from "../../shell/ownership/LockFile.ts"
import * as Exit from "../../shell/process/Exit.ts"
import * as StartToken from "../../shell/process/StartToken.ts"
import * as RunFolder from "../../shell/verifiers/RunFolder.ts"
import * as TaskOutput from "../../shell/view/TaskOutput.ts"
import { exits, hookBodies } from "./Documents.ts"
import { bytes, secret } from "./Hostile.ts"
import { tally, writeDown } from "./Tally.ts"

afterAll(writeDown)

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), "drover-fuzz-"))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const outcome = <A, E extends { readonly message: string }>(work: Effect.Effect<A, E>): Promise<Either.Either<A, E>> =>
  Effect.runPromise(Effect.either(work))

const expectRefusal = ({ message }: { readonly message: string }): void => {
  expect(message.length).toBeLessThanOrEqual(2000)
  expect(message).not.toContain(secret)
}

/** Puts something that is no file there. */
const traps: Readonly<Record<string, (path: string) => void>> = {
  "a folder": (path) => mkdirSync(path),
  "a pipe": (path) => void execFileSync("mkfifo", [path]),
  "a link to nothing": (path) => symlinkSync("/nowhere/at/all", path),
  "a link to a device": (path) => symlinkSync("/dev/zero", path),
  "a link to itself": (path) => symlinkSync(path, path),
  "a large file": (path) => writeFileSync(path, Buffer.alloc(2 * 1024 * 1024, "x"))
}

const tokens = ["revoked\n", "12345\n", "1", ""]
const record = {
  owner: "0b3a1f6e-1111-4222-8333-444455556666",
  process: { host: "here", pid: 7, startTime: "123", bootId: "boot" },
  acquiredAt: 1,
  hostId: "machine",
  epoch: 3,
  heartbeatAt: 5
}
const worktree: WorktreeRecord.WorktreeRecord = {
  task: TaskId.make(5),
  number: 1,
  repository: "/r/.git",
  source: "/r",
  prefix: "",
  branch: "drover/5.1",
  base: "0".repeat(40),
  isMade: true,
  isSetUp: false,
  kept: null,
  gone: null
}

/** Bytes of a log that are asked for at once. */
const printed = 4096

interface Small {
  readonly name: string
  readonly file: string
  readonly valid: ReadonlyArray<string>
  /** Reads the file of that name in the folder; what it answers is its own check. */
  readonly read: (
    folder: string,
    content: Buffer | null
  ) => Promise<Either.Either<unknown, { readonly message: string }>>
}

const smalls: ReadonlyArray<Small> = [
  {
    name: "start token",
    file: "start",
    valid: tokens,
    read: async (path, content) => {
      const read = await outcome(StartToken.read(path))
      const holder = await outcome(StartToken.holder(path))
      if (content !== null && Either.isRight(read)) {
        expect(read.right).toBe(content.toString("utf8").trim() === "revoked" ? "revoked" : "taken")
        expect(await outcome(StartToken.revoke(path))).toEqual(read)
      }
      if (Either.isRight(holder) && Option.isSome(holder.right)) expect(holder.right.value).toBeLessThan(1e10)
      return read
    }
  },
  { name: "exit record", file: "exit.json", valid: exits, read: (path) => outcome(Exit.read(path)) },
  {
    name: "tree of a run",
    file: "tree",
    valid: ["4b825dc642cb6eb9a060e54bf8d69288fbee4904"],
    read: (path) => outcome(RunFolder.readTree(path))
  },
  {
    name: "reason of a stop",
    file: "expired",
    valid: ["TimedOut", "OverBudget"],
    read: (path) => outcome(RunFolder.readCut(path))
  },
  {
    name: "lock",
    file: "supervisor.lock",
    valid: [JSON.stringify(record), `${JSON.stringify({ ...record, epoch: null })}   \n`],
    read: async (path, content) => {
      const lock = join(path, "supervisor.lock")
      const found = await outcome(LockFile.read(lock))
      if (content === null || Either.isLeft(found)) return found
      if (found.right._tag === "Absent") throw new Error("it is there")
      if (found.right._tag === "Held") {
        expect(JSON.parse(found.right.text)).toMatchObject({ owner: found.right.record.owner })
        expect([found.right.record.acquiredAt, found.right.record.heartbeatAt ?? 0].every(Number.isFinite)).toBe(true)
      }
      // Names are made from what is in it: they stay in the folder.
      expect(LockFile.claimOf(lock, lock, found.right)).toMatch(/supervisor\.lock\.[0-9a-f-]{36}$/)
      expect(await outcome(LockFile.refresh(lock, "nobody", { epoch: 1, heartbeatAt: 2 }))).toEqual(Either.right(false))
      expect(await outcome(LockFile.takeAway(lock, found.right))).toEqual(Either.right(true))
      expect(existsSync(lock)).toBe(false)
      return found
    }
  },
  {
    name: "record of a worktree",
    file: "5.1.json",
    valid: [JSON.stringify(worktree), JSON.stringify({ ...worktree, gone: { ref: null, hasBranch: false } })],
    read: async (path, content) => {
      // Another is whole: one that is damaged is no reason to forget it.
      await WorktreeRecord.write(path, { ...worktree, number: 2 })
      const { damaged, records } = await WorktreeRecord.readAll(path)
      const isThere = existsSync(join(path, "5.1.json")) || content !== null
      expect(records.some(({ number }) => number === 2)).toBe(true)
      expect(records.length + damaged.length).toBeLessThanOrEqual(2)
      if (isThere) expect(records.length + damaged.length).toBe(2)
      return damaged.length === 0 ? Either.right(records) : Either.left({ message: "damaged" })
    }
  },
  {
    name: "output of an attempt",
    file: "stdout.jsonl",
    valid: ['{"type":"system"}\n{"type":"assistant"}\n', "no end"],
    read: async (path) => {
      const output = join(path, "stdout.jsonl")
      const source = { attempt: "5.1", stream: "stdout", file: output, hasBegun: true, isOver: true } as const
      const part = await outcome(TaskOutput.from(source, 0, printed))
      const end = await outcome(TaskOutput.tail([source], printed))
      expect(Either.isRight(part)).toBe(Either.isRight(end))
      for (const { text } of [part, end].flatMap(Either.match({ onLeft: () => [], onRight: ({ lines }) => lines }))) {
        // A byte that is no text becomes a character of three.
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(3 * printed)
      }
      return end
    }
  },
  {
    name: "policy of a repository",
    file: RepositoryPolicy.fileName,
    valid: ["[limits]\nmax_retries = 1\n", '[[verify]]\nrun = "make"\n'],
    read: (path) => {
      mkdirSync(join(path, ".git"), { recursive: true })
      return outcome(Effect.provide(RepositoryPolicy.find(path), NodeFileSystem.layer))
    }
  }
]

describe.each(smalls)("$name", ({ file, name, read, valid }) => {
  it(`PRC-4 the ${name} of any bytes is read or refused, and nothing of it is told`, async () => {
    const count = tally(name)
    const parent = folder()
    let number = 0
    await fc.assert(
      fc.asyncProperty(bytes(valid), async (content) => {
        const path = join(parent, String(number++))
        mkdirSync(path)
        writeFileSync(join(path, file), content)
        const found = await read(path, content)
        count(content.length, Either.isRight(found) ? "value" : "refused")
        if (Either.isLeft(found)) expectRefusal(found.left)
        rmSync(path, { recursive: true })
      })
    )
  })

  it.each(Object.entries(traps))(
    `PRC-4 in place of the ${name} %s is read without waiting, or refused`,
    async (_, trap) => {
      const path = folder()
      trap(join(path, file))
      const found = await read(path, null)
      if (Either.isLeft(found)) expectRefusal(found.left)
    }
  )
})

describe("spool", () => {
  const names = fc.oneof(
    fc.tuple(fc.nat(99_999), fc.nat(120), fc.constantFrom(...hookNames)).map(([pid, n, hook]) => `${pid}.${n}.${hook}`),
    bytes(["1.0.Stop", "12345.7.PreToolUse"]).map((name) =>
      name.toString("latin1").replaceAll(/[/\0]/g, "_").slice(0, 200)
    )
  )
  const entry = fc.record({ name: names, content: bytes(hookBodies), isWhole: fc.boolean() })

  it("ING-1 whatever lies in the spool is stored once, set aside, or left to its writer", async () => {
    const count = tally("spool")
    const parent = folder()
    let number = 0
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
        const path = join(parent, String(number++))
        mkdirSync(path)
        const kept = new Map<string, string>()
        for (const { content, isWhole, name } of entries) {
          if (["", ".", "..", "bad"].includes(name)) continue
          const at = Buffer.concat([Buffer.from(`${path}/`), Buffer.from(name, "latin1")])
          writeFileSync(at, isWhole ? Buffer.concat([content, Buffer.from(SpoolFile.end(name))]) : content)
          const isEvent = SpoolFile.parse(name) !== null && content.toString("utf8").trim() !== ""
          const isTaken = isEvent && isWhole && content.length <= SpoolFile.longestBody
          if (isTaken) kept.set(name, content.toString("utf8"))
          else kept.delete(name)
          count(content.length, isTaken ? "value" : "refused")
        }
        const stored: Array<Spool.Spooled> = []
        const store = (events: ReadonlyArray<Spool.Spooled>) => Effect.sync(() => void stored.push(...events))
        const drained = await Effect.runPromise(Spool.drain(path, store))
        expect(new Map(stored.map(({ body, file }) => [basename(file), body]))).toEqual(kept)
        expect(drained.stored).toBe(kept.size)
        const left = readdirSync(path).filter((name) => name !== "bad")
        expect(left).toHaveLength(drained.waiting)
        expect(left.every((name) => SpoolFile.parse(name) !== null && statSync(join(path, name)).isFile())).toBe(true)
        rmSync(path, { recursive: true })
      })
    )
  })
})
