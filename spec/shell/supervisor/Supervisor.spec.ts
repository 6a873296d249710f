/** What a supervisor does with real programs: from a stored task to a stage that is true. */
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { Store } from "../../../shell/store/Store.ts"
import { Supervisor } from "../../../shell/supervisor/Supervisor.ts"
import {
  isRunning,
  operate,
  readable,
  scenario,
  stored,
  submit,
  supervise,
  task,
  until,
  untilStage,
  untilTrue
} from "./World.ts"

it("EXE-3 a task that fails is tried again with what its check printed, and no oftener than it may be", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const cwd = folder.directory("work")
      // It does what the feedback says; without feedback it can not know the word.
      const learns = `sed -n 's/^the word is \\(.*\\)$/\\1/p' >answer`
      const idOf = yield* submit(
        task("learns", cwd, learns, { verify: ["echo the word is xyzzy; grep -q xyzzy answer"] }),
        task("never", folder.directory("never"), "exit 3", { spec: { maxRetries: 1 } })
      )
      yield* supervise
      const done = yield* untilStage(idOf("learns"), "Done")
      expect(done.stage).toMatchObject({ verified: true })
      expect(done.facts.attemptsUsed).toBe(0)
      const store = yield* Store
      expect((yield* store.attempts(done.id)).map(({ outcome }) => outcome)).toEqual(["Clean", "Clean"])
      expect((yield* store.verifications(done.id)).map(({ verdict }) => verdict)).toEqual(["FAIL", "PASS"])

      const blocked = yield* untilStage(idOf("never"), "Blocked")
      expect(blocked.stage).toMatchObject({ reason: { _tag: "RetriesExhausted" } })
      expect(yield* store.attempts(blocked.id)).toHaveLength(2)
      yield* until(blocked.id, () => true)
      const raised = Effect.map(store.attention, (items) => items.some((item) => item.task === blocked.id))
      yield* Effect.repeat(raised, { until: (isRaised) => isRaised })
    })
  ))

it("TCK-6 tasks wait for what they depend on, and those in one directory for each other", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const shared = folder.directory("shared")
      const log = join(folder.path, "log")
      const says = (name: string) => `echo begin ${name} >>${log}; echo end ${name} >>${log}`
      const idOf = yield* submit(
        task("first", shared, says("first")),
        task("second", shared, says("second")),
        task("last", folder.directory("other"), says("last"), { after: ["first", "second"] })
      )
      yield* supervise
      const last = yield* untilStage(idOf("last"), "Done")
      expect(last.stage).toMatchObject({ verified: false })
      const lines = folder.read("log").trim().split("\n")
      expect(lines.slice(4)).toEqual(["begin last", "end last"])
      expect(lines[0]?.replace("begin", "end")).toBe(lines[1])
    })
  ))

it("EXE-2 a cancelled task is closed at once, and idle only when everything it started is dead", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const pid = join(folder.path, "pid")
      // A child in a session of its own, deaf to TERM, and a parent that is deaf too.
      const script = `trap '' TERM; setsid sh -c 'trap "" TERM; echo $$ >${pid}; while :; do sleep 0.1; done' & while :; do sleep 0.1; done`
      const idOf = yield* submit(task("stubborn", folder.directory("work"), script))
      yield* supervise
      const id = idOf("stubborn")
      yield* until(id, ({ execution }) => execution._tag === "Running")
      yield* untilTrue(() => readable(() => folder.read("pid") !== ""))
      yield* operate(id, { _tag: "Abandon", at: Date.now() })
      expect((yield* stored(id)).execution._tag).not.toBe("Idle")
      yield* untilStage(id, "Abandoned")
      expect(isRunning(Number(folder.read("pid")))).toBe(false)
    })
  ))

it("PRC-2 what an agent leaves behind at a clean end is ended before its work is judged", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const pid = join(folder.path, "pid")
      const leaves = `setsid sh -c 'echo $$ >${pid}; exec sleep 600' & while [ ! -s ${pid} ]; do sleep 0.02; done`
      const check = `! grep -q '^State:.[RSDT]' "/proc/$(cat ${pid})/status"`
      const idOf = yield* submit(task("leaves", folder.directory("work"), leaves, { verify: [check] }))
      yield* supervise
      const done = yield* untilStage(idOf("leaves"), "Done")
      const store = yield* Store
      expect((yield* store.verifications(done.id)).map(({ verdict }) => verdict)).toEqual(["PASS"])
    })
  ))

it("PRC-1 agents outlive a supervisor, and the next one adopts each and misses no line of its output", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const go = join(folder.path, "go")
      const started = join(folder.path, "started")
      const script = `echo x >>${started}; echo before; while [ ! -e ${go} ]; do sleep 0.02; done; printf 'after\\nlast words'`
      const idOf = yield* submit(task("lives", folder.directory("work"), script))
      const id = idOf("lives")
      const first = yield* supervise
      yield* until(id, ({ execution }) => execution._tag === "Running")
      yield* first.end
      writeFileSync(go, "")
      yield* supervise
      yield* untilStage(id, "Done")
      const store = yield* Store
      const attempts = yield* store.attempts(id)
      expect(attempts).toHaveLength(1)
      expect(attempts[0]?.progress.lastMessage).toBe("last words")
      expect(folder.read("started")).toBe("x\n")
    })
  ))

it("PRC-5 a verifier that is not done in time is ended with all it started, and that is no pass", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const pid = join(folder.path, "pid")
      const hangs = `trap '' TERM; setsid sh -c 'trap "" TERM; echo $$ >${pid}; while :; do sleep 0.1; done' & wait`
      const options = { verify: [hangs], verifyTimeoutMin: 0.01, spec: { maxRetries: 0 } }
      const idOf = yield* submit(task("slow", folder.directory("work"), "true", options))
      yield* supervise
      const blocked = yield* untilStage(idOf("slow"), "Blocked")
      expect(blocked.stage).toMatchObject({ reason: { _tag: "RetriesExhausted" } })
      const store = yield* Store
      expect((yield* store.verifications(blocked.id)).map(({ verdict }) => verdict)).toEqual(["TIMEOUT"])
      expect(isRunning(Number(folder.read("pid")))).toBe(false)
    })
  ))

it("PRC-4 a verifier may print a hundred megabytes that are no text: the next attempt is told a bounded part of it", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const loud = `head -c 100000000 /dev/zero | tr '\\0' '\\377'; echo the end; exit 1`
      const options = { verify: [loud], spec: { maxRetries: 0 } }
      const idOf = yield* submit(task("loud", folder.directory("work"), "true", options))
      yield* supervise
      const blocked = yield* untilStage(idOf("loud"), "Blocked")
      const store = yield* Store
      const [verification] = yield* store.verifications(blocked.id)
      expect(verification?.verdict).toBe("FAIL")
      expect(verification?.output).toContain("the end")
      // Every byte that is no text is shown as a sign of three bytes.
      expect(Buffer.byteLength(verification?.output ?? "")).toBeLessThan(4 * 64 * 1024)
      expect(blocked.facts.feedback).toContain("the end")
    })
  ))

it("EXE-15 a QA agent's verdict is not bypassed: what it refuses goes back with its words, what it passes is done", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const cwd = folder.directory("work")
      // The coder writes what the feedback asks for; QA asks for it once.
      const script = `if [ "$DROVER_ROLE" = qa ]; then
        if [ -e mended ]; then echo VERDICT: PASS; else echo please mend; echo VERDICT: FAIL; fi
      elif grep -q 'please mend'; then touch mended; fi`
      const idOf = yield* submit(task("judged", cwd, script, { flow: { qa: "agent" }, verify: ["true"] }))
      yield* supervise
      const done = yield* untilStage(idOf("judged"), "Done")
      expect(done.stage).toMatchObject({ verified: true })
      const store = yield* Store
      expect((yield* store.attempts(done.id)).map(({ attempt }) => attempt.role)).toEqual([
        "coder",
        "qa",
        "coder",
        "qa"
      ])
    })
  ))

it("EXE-6 an attempt that takes longer than it may is stopped, and its time counts as a failure", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const spec = { maxRetries: 0, timeoutMin: 0.01 }
      const idOf = yield* submit(task("endless", folder.directory("work"), "sleep 600", { spec }))
      yield* supervise
      yield* untilStage(idOf("endless"), "Blocked")
      const store = yield* Store
      expect((yield* store.attempts(idOf("endless"))).map(({ detail, outcome }) => [outcome, detail])).toEqual([
        ["Stopped", "OverTime"]
      ])
    })
  ))

it("EXE-12 two supervisors never work on one state directory: the second is refused and says who has it", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const idOf = yield* submit(task("any", folder.directory("work"), "true"))
      yield* supervise
      const second = yield* Supervisor
      const refused = yield* Effect.flip(
        second.supervise({ onReady: Effect.dieMessage("it began"), stopAgents: yield* Deferred.make<void>() })
      )
      expect(refused._tag).toBe("OwnershipRefused")
      expect(refused.message).toContain(String(process.pid))
      yield* untilStage(idOf("any"), "Done")
    })
  ))

it("EXE-12 a supervisor whose lock is gone ends by itself", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor
      const ended = yield* Effect.flip(
        supervisor.supervise({
          onReady: Effect.sync(() => rmSync(folder.places.lock)),
          stopAgents: yield* Deferred.make<void>()
        })
      )
      expect(ended).toMatchObject({ _tag: "OwnershipRefused", why: "Lost" })
    })
  ))

it("EXE-2 told to stop its agents, a supervisor ends when all are dead, uses no attempt, and a later one goes on", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const go = join(folder.path, "go")
      const script = `trap 'exit 1' TERM; while [ ! -e ${go} ]; do sleep 0.02; done`
      const idOf = yield* submit(task("stopped", folder.directory("work"), script, { spec: { maxRetries: 0 } }))
      const id = idOf("stopped")
      const first = yield* supervise
      yield* until(id, ({ execution }) => execution._tag === "Running")
      yield* first.stopAgents
      const idle = yield* stored(id)
      expect(idle.execution._tag).toBe("Idle")
      expect(idle.stage._tag).toBe("Coding")
      writeFileSync(go, "")
      yield* supervise
      yield* untilStage(id, "Done")
    })
  ))

it("API-1 an agent that is not there, or a directory that went away, blocks its task with a word that names it", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const missing = task("missing", folder.directory("work"), "true")
      const command = join(folder.path, "no-such-program")
      const idOf = yield* submit(
        { ...missing, spec: { ...missing.spec, agent: { ...missing.spec.agent, command } } },
        task("homeless", join(folder.path, "nowhere"), "true")
      )
      yield* supervise
      const blocked = yield* untilStage(idOf("missing"), "Blocked")
      expect(blocked.stage).toMatchObject({
        reason: { _tag: "LaunchFailed", reason: expect.stringContaining(command) }
      })
      const homeless = yield* untilStage(idOf("homeless"), "Blocked")
      expect(homeless.stage).toMatchObject({ reason: { reason: expect.stringContaining("nowhere") } })
    })
  ))

it("PRC-4 the prompt reaches the agent byte for byte, and only the named part of the environment does", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const prompt = `# not a comment "quoted" 'twice' \\ $HOME \`date\` é 漢\n\ttab and end`
      const cwd = folder.directory("work")
      const keep = `cat >prompt; cat "$DROVER_PROMPT_FILE" >file; env | cut -d= -f1 | sort >names`
      const idOf = yield* submit(task("reads", cwd, keep, { prompt, env: { EXTRA: "1" } }))
      yield* supervise
      yield* untilStage(idOf("reads"), "Done")
      expect(folder.read("work/prompt")).toBe(prompt)
      expect(folder.read("work/file")).toBe(prompt)
      const allowed = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_.*|TZ|TMPDIR|TERM|PWD|OLDPWD|SHLVL|_|EXTRA|DROVER_.*)$/
      const names = folder.read("work/names").trim().split("\n")
      expect(names.filter((name) => !allowed.test(name))).toEqual([])
      expect(names).toContain("EXTRA")
    })
  ))
