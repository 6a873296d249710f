/** Work for a role: done by the session that holds it, by its turns alone, or by an agent where no session takes it. */
import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import * as HookEvent from "../../../core/hook/HookEvent.ts"
import type { Task } from "../../../core/task/Task.ts"
import { survivorsKey } from "../../../core/tick/Attention.ts"
import type { Session } from "../../../core/mailbox/Session.ts"
import type { ProcessIdentity } from "../../../core/execution/Process.ts"
import { remedy } from "../../../shell/attention/NextCommand.ts"
import { Processes } from "../../../shell/process/Processes.ts"
import { type NewTask, Store } from "../../../shell/store/Store.ts"
import {
  configured,
  type Folder,
  operate,
  scenario,
  stored,
  submit,
  supervise,
  task,
  until,
  untilStage,
  untilTrue
} from "./World.ts"

const bind = (session: string, cwd: string, process: ProcessIdentity | null = null) =>
  Effect.flatMap(Store, (store) =>
    store.claimRole({ session, role: "reviewer", at: Date.now(), cwd, process, ancestors: [], isStart: true }, [])
  )

/** What a stop of that session is given: texts; none where there is nothing. */
const stop = (session: string, isContinuation: boolean) =>
  Effect.gen(function* () {
    const store = yield* Store
    const taken = yield* store.takeMail({
      session,
      role: "reviewer",
      at: Date.now(),
      isContinuation,
      said: "I am done here."
    })
    return taken._tag === "Mail" ? taken.messages.map(({ text }) => text) : []
  })

/** A task for the role; the agent that would do it leaves `by-agent`. */
const work = (folder: Folder, options: Partial<NewTask["spec"]> = {}, verify: ReadonlyArray<string> = []) =>
  task("work", folder.directory("work"), "touch by-agent", {
    prompt: "mend the parser",
    verify,
    spec: { mailboxRole: "reviewer", ...options }
  })

const isAssigned = ({ execution }: Task): boolean => execution._tag === "Assigned"
const isCarried = ({ execution }: Task): boolean => execution._tag === "Running" && execution.carrier._tag === "Session"
const outcomes = (id: Task["id"]) =>
  Effect.flatMap(Store, (store) => Effect.map(store.attempts(id), (all) => all.map(({ outcome }) => outcome)))

/** Deliveries that are known to have been seen, by other eyes than drover's. */
const confirmed = (file: string): number => {
  const database = new Database(file, { readonly: true })
  try {
    return database.prepare("SELECT 1 FROM deliveries WHERE confirmed_at IS NOT NULL").all().length
  } finally {
    database.close()
  }
}

/** A short patience with mailboxes. */
const impatient = () => configured({ policy: { claimMs: 150 } })

it("MBX-4 work for a role goes to the session that holds it, its turn is the attempt, and what it left is verified", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const cwd = folder.directory("work")
      yield* bind("s1", folder.path)
      const idOf = yield* submit(work(folder, {}, ["echo the word is missing; test -e word"]))
      const id = idOf("work")
      yield* supervise
      yield* until(id, isAssigned)
      expect(yield* stop("s1", false)).toEqual([`In the directory ${cwd}:\n\nmend the parser`])
      yield* until(id, isCarried)
      expect(yield* stop("s1", true)).toEqual([])
      // What the check printed comes with the next message.
      yield* until(id, (task) => isAssigned(task) && task.facts.nextAttempt === 3)
      const [again = ""] = yield* stop("s1", false)
      expect(again).toContain("the word is missing")
      writeFileSync(join(cwd, "word"), "")
      yield* until(id, isCarried)
      expect(yield* stop("s1", true)).toEqual([])
      const done = yield* untilStage(id, "Done")
      expect(done.stage).toMatchObject({ verified: true })
      expect(yield* outcomes(id)).toEqual(["Clean", "Clean"])
      const store = yield* Store
      expect((yield* store.attempts(id)).map(({ detail }) => detail)).toEqual([
        "by the session s1",
        "by the session s1"
      ])
      expect(existsSync(join(cwd, "by-agent"))).toBe(false)
    })
  ))

it("MBX-4 where no session takes the work in time, or no hook tells of anything, an agent does it, once", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        yield* bind("s1", folder.path)
        const idOf = yield* submit(work(folder))
        yield* supervise
        const done = yield* untilStage(idOf("work"), "Done")
        expect(yield* outcomes(done.id)).toEqual(["LaunchFailed", "Clean"])
        expect(existsSync(join(folder.directory("work"), "by-agent"))).toBe(true)
        expect(yield* stop("s1", false)).toEqual([])
        expect(done.facts.attemptsUsed).toBe(0)
      }),
    impatient
  ))

it("MBX-4 a role that no session holds, or one that works elsewhere, is done by an agent at once", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      yield* bind("s1", folder.directory("elsewhere"))
      const idOf = yield* submit(work(folder))
      yield* supervise
      const done = yield* untilStage(idOf("work"), "Done")
      expect(yield* outcomes(done.id)).toEqual(["Clean"])
    })
  ))

it("MBX-6 a session that is over without having ended its turn has lost the work, and an agent does it", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1", folder.path)
      const idOf = yield* submit(work(folder))
      yield* supervise
      yield* until(idOf("work"), isAssigned)
      expect(yield* stop("s1", false)).toHaveLength(1)
      yield* until(idOf("work"), isCarried)
      yield* store.hearSessions([{ session: "s1", hook: "SessionEnd", at: Date.now() }])
      const done = yield* untilStage(idOf("work"), "Done")
      expect(yield* outcomes(done.id)).toEqual(["Lost", "Clean"])
      // It was over, and is resumed: the work is another's now.
      yield* bind("s1", folder.path)
      expect(yield* stop("s1", false)).toEqual([])
      expect(existsSync(join(folder.directory("work"), "by-agent"))).toBe(true)
    })
  ))

it("MBX-6 a process that is gone is evidence, and one that can not be known is none", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const { bootId, host } = yield* Processes
        // No process has this pid: it is above what Linux gives.
        yield* bind("s1", folder.path, { host, bootId, pid: 4_194_305, startTime: "1" })
        const idOf = yield* submit(work(folder), task("other", folder.directory("other"), "true"))
        const { end } = yield* supervise
        const done = yield* untilStage(idOf("work"), "Done")
        expect((yield* outcomes(done.id)).at(-1)).toBe("Clean")
        yield* end
        yield* bind("s2", folder.path, { host: "another host", bootId, pid: 4_194_305, startTime: "1" })
        yield* supervise
        const store = yield* Store
        expect((yield* store.sessions).map(({ endedAt, session }) => [session, endedAt])).toEqual([["s2", null]])
      }),
    impatient
  ))

it("MBX-6 a task that is cancelled while a session works at it waits for the end of its turn; nothing is killed", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      yield* bind("s1", folder.path)
      const idOf = yield* submit(work(folder))
      const id = idOf("work")
      const { end } = yield* supervise
      yield* until(id, isAssigned)
      expect(yield* stop("s1", false)).toHaveLength(1)
      yield* until(id, isCarried)
      yield* operate(id, { _tag: "Abandon", at: Date.now() })
      yield* until(id, ({ execution }) => execution._tag === "Stopping")
      // Another supervisor waits as well.
      yield* end
      yield* supervise
      expect((yield* stored(id)).execution._tag).toBe("Stopping")
      expect(yield* stop("s1", true)).toEqual([])
      expect((yield* untilStage(id, "Abandoned")).execution._tag).toBe("Idle")
      expect(existsSync(join(folder.directory("work"), "by-agent"))).toBe(false)
    })
  ))

it("MBX-6 a session whose end nothing proves is ended by whoever says so, as its hook would have, and its task goes on", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1", folder.path)
      const id = (yield* submit(work(folder)))("work")
      yield* supervise
      yield* until(id, isAssigned)
      expect(yield* stop("s1", false)).toHaveLength(1)
      yield* until(id, isCarried)
      yield* operate(id, { _tag: "Abandon", at: Date.now() })
      const stopping = yield* until(id, ({ execution }) => execution._tag === "Stopping")
      const said = remedy(survivorsKey(id), stopping)
      const [, body = ""] = /echo '(.*)' \| drover ingest --hook SessionEnd$/.exec(said) ?? []
      const event = HookEvent.make("SessionEnd", body)
      yield* store.hearSessions([{ session: event.sessionId ?? "", hook: event.hook, at: Date.now() }])
      expect((yield* untilStage(id, "Abandoned")).execution._tag).toBe("Idle")
    })
  ))

it("MBX-6 what a hook tells of a session's end reaches its tasks; of other sessions nothing is written", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* bind("s1", folder.path)
      yield* supervise
      const tell = (session: string) =>
        writeFileSync(join(folder.places.spool, "77.0.SessionEnd"), `{"session_id":"${session}"}\n.77.0.SessionEnd\n`)
      tell("nobody")
      yield* untilTrue(() => !existsSync(join(folder.places.spool, "77.0.SessionEnd")))
      tell("s1")
      const isOver = Effect.map(store.sessions, ([session]) => session?.endedAt !== null)
      yield* Effect.repeat(Effect.delay(isOver, 20), { until: (over) => over })
    })
  ))

it("MBX-6 a session that took its role after the supervisor began is heard by its hooks, though there is no task", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const store = yield* Store
      yield* supervise
      const { hook, spool } = folder.places
      const tell = (name: string) =>
        Effect.sync(() =>
          execFileSync(hook, [name], {
            input: JSON.stringify({ session_id: "s1", cwd: folder.path, hook_event_name: name }),
            env: { DROVER_SPOOL: spool }
          })
        )
      const sessionIs = (isTrue: (session: Session) => boolean) =>
        Effect.repeat(
          Effect.delay(
            Effect.map(store.sessions, ([session]) => session !== undefined && isTrue(session)),
            20
          ),
          { until: (found) => found }
        )
      // It begins, and is heard of, before its role is written down.
      yield* tell("SessionStart")
      yield* untilTrue(() => readdirSync(spool).length === 0)
      yield* bind("s1", folder.path)
      yield* tell("Stop")
      yield* untilTrue(() => readdirSync(spool).length === 0)
      yield* store.sendMessage({ id: "m1", role: "reviewer", from: "operator", text: "look", at: Date.now() })
      expect(yield* stop("s1", false)).toEqual(["look"])
      yield* tell("PreToolUse")
      yield* untilTrue(() => confirmed(folder.places.database) === 1)
      yield* tell("UserPromptSubmit")
      yield* sessionIs(({ spokenAt }) => spokenAt !== null)
      yield* tell("SessionEnd")
      yield* sessionIs(({ endedAt }) => endedAt !== null)
    })
  ))

it("MBX-4 a supervisor that ends with its agents leaves a session's work to the session", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      yield* bind("s1", folder.path)
      const idOf = yield* submit(work(folder))
      const { stopAgents } = yield* supervise
      yield* until(idOf("work"), isAssigned)
      expect(yield* stop("s1", false)).toHaveLength(1)
      yield* until(idOf("work"), isCarried)
      yield* stopAgents
      expect(isCarried(yield* stored(idOf("work")))).toBe(true)
    })
  ))

it("MBX-4 one session has one task at a time, and who judges is not who has worked", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      yield* bind("s1", folder.path)
      const first = { ...work(folder), flow: { qa: "agent", merge: "none", start: "auto" } as const }
      const judged = {
        ...first,
        spec: {
          ...first.spec,
          agent: { ...first.spec.agent, args: ["-c", "echo VERDICT: PASS >&2; echo VERDICT: PASS"] }
        }
      }
      const other = task("other", folder.directory("other"), "touch by-agent", {
        spec: { mailboxRole: "reviewer", priority: -1 }
      })
      const idOf = yield* submit(judged, other)
      yield* supervise
      yield* until(idOf("work"), isAssigned)
      expect(yield* stop("s1", false)).toHaveLength(1)
      // The session is busy: an agent does what would have to wait for it.
      yield* untilStage(idOf("other"), "Done")
      expect(existsSync(join(folder.directory("other"), "by-agent"))).toBe(true)
      expect(yield* stop("s1", true)).toEqual([])
      yield* untilStage(idOf("work"), "Done")
      const store = yield* Store
      const all = yield* store.attempts(idOf("work"))
      expect(all.map(({ attempt, detail, outcome }) => [attempt.role, outcome, detail])).toEqual([
        ["coder", "Clean", "by the session s1"],
        ["qa", "Clean", null]
      ])
    })
  ))
