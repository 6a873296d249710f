/** What agents promise: a real supervisor, real hooks over its socket, real agents that promise something and stop. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { expect, it } from "vitest"
import { status } from "../../../core/commitment/Commitment.ts"
import { AttemptNumber } from "../../../core/task/Identifiers.ts"
import * as Observe from "../../../shell/claims/Observe.ts"
import { Cadence } from "../../../shell/config/Cadence.ts"
import * as ClaimTable from "../../../shell/config/ClaimTable.ts"
import { Store } from "../../../shell/store/Store.ts"
import * as Client from "../http/Client.ts"
import { raw } from "../store/Raw.ts"
import { configured, type Folder, scenario, submit, supervise, task, untilStage } from "../supervisor/World.ts"

const eager = Layer.succeed(Cadence, {
  store: 100,
  attempts: 200,
  runs: 200,
  guards: 1000,
  heartbeat: 5000,
  promises: 50,
  sessions: 2000,
  archival: 60_000,
  retention: 3_600_000
})
const tracked = (changes: Partial<ClaimTable.ClaimSettings> = {}) =>
  Layer.merge(configured({ claims: { ...ClaimTable.defaults, isEnabled: true, ...changes } }), eager)

/** Sends an event as a hook would, once somebody listens. */
const tell = ({ places }: Folder, hook: string, body: object) =>
  Effect.retry(
    Effect.tryPromise(() => Client.ask(places.socket, `/hooks/${hook}`, JSON.stringify({ session_id: "s", ...body }))),
    Schedule.spaced("20 millis")
  )
const prompt = (folder: Folder) => tell(folder, "UserPromptSubmit", {})
const stop = (folder: Folder, last_assistant_message: string) => tell(folder, "Stop", { last_assistant_message })
const ran = (folder: Folder, command: string, cwd = folder.path) =>
  tell(folder, "PostToolUse", {
    tool_name: "Bash",
    tool_input: { command },
    tool_response: { stdout: "", interrupted: false },
    cwd
  })

const listed = Effect.flatMap(Store, (store) =>
  Effect.map(store.commitments(99), (all) => all.map((each) => `${each.verb} ${status(each)} ${each.count}`))
)

/** Waits until the list of commitments is that. */
const untilListed = (...expected: ReadonlyArray<string>): Effect.Effect<void, unknown, Store> =>
  Effect.flatMap(listed, (found) =>
    JSON.stringify(found) === JSON.stringify(expected)
      ? Effect.void
      : Effect.zipRight(Effect.sleep(20), untilListed(...expected))
  )

const untilAttention = (key: string): Effect.Effect<string, unknown, Store> =>
  Effect.flatMap(
    Effect.flatMap(Store, (store) => store.attention),
    (items) => {
      const item = items.find((each) => each.key === key)
      return item === undefined ? Effect.zipRight(Effect.sleep(20), untilAttention(key)) : Effect.succeed(item.text)
    }
  )

it("CLM-7 what a turn ends with is promised until a command of that session is seen to do it; one that failed does not", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const { stopAgents } = yield* supervise
        yield* stop(folder, "All green. I'll push it now.")
        yield* untilListed("push open 1")
        yield* tell(folder, "PostToolUseFailure", { tool_name: "Bash", tool_input: { command: "git push" } })
        yield* ran(folder, "git push --dry-run && git status")
        yield* tell(folder, "PostToolUse", { session_id: "other", tool_input: { command: "git push" } })
        yield* stop(folder, "I'll push it now.")
        yield* untilListed("push open 2")
        yield* ran(folder, "cd repo && git push origin main")
        yield* untilListed("push delivered 2")
        const [kept] = yield* Effect.flatMap(Store, (store) => store.commitments(1))
        expect(kept?.state).toMatchObject({ by: { evidence: { what: "git push origin main" } } })
        yield* stopAgents
      }),
    () => tracked()
  ))

it("CLM-7 a repository says itself which command keeps a promise there", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const repository = folder.directory("repository")
        mkdirSync(join(repository, ".git"))
        writeFileSync(join(repository, ".drover.toml"), '[evidence]\ndeploy = ["./ship.sh *"]\n')
        const { stopAgents } = yield* supervise
        yield* stop(folder, "I'll deploy the site. I'll publish the notes.")
        yield* untilListed("deploy open 1", "publish open 1")
        yield* ran(folder, "./ship.sh now")
        yield* ran(folder, "./ship.sh now", repository)
        yield* untilListed("deploy delivered 1", "publish open 1")
        yield* stopAgents
      }),
    () => tracked(ClaimTable.resolve({ enabled: true, verbs: ["publish"] }))
  ))

it("CLM-8 what is said to be done and was not seen in its turn is noted, and closes nothing", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const { stopAgents } = yield* supervise
        // Nobody heard how this turn began.
        yield* stop(folder, "I merged the branch. I'll push it.")
        yield* prompt(folder)
        yield* ran(folder, "git rebase main")
        yield* stop(folder, "I rebased the branch. I pushed it. Then I'll deploy the site.")
        yield* untilListed("push open 1", "deploy open 1")
        const claims = yield* Effect.flatMap(Store, (store) => store.unverifiedClaims(9))
        expect(claims.map(({ session, text }) => [session, text])).toEqual([["s", "I pushed it"]])
        yield* stopAgents
      }),
    () => tracked()
  ))

it("STO-6 what was told while no supervisor listened, or to one that died, counts once", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const store = yield* Store
        const first = yield* supervise
        yield* stop(folder, "I'll push it.")
        yield* untilListed("push open 1")
        yield* first.end
        const payload = JSON.stringify({
          session_id: "s",
          last_assistant_message: "I'll push it. I'll deploy the site."
        })
        const event = { hook: "Stop", sessionId: "s", toolName: null, toolUseId: null, cwd: null, payload } as const
        yield* store.keepHookEvents([{ event, at: Date.now(), source: null }])
        expect(yield* listed).toEqual(["push open 1"])
        const second = yield* supervise
        yield* untilListed("push open 2", "deploy open 1")
        yield* stop(folder, "I'll restart the server.")
        yield* untilListed("push open 2", "deploy open 1", "restart open 1")
        yield* second.stopAgents
      }),
    () => tracked()
  ))

it("CLM-8 nothing is tracked where nobody asked for it, and what was told until then is not looked through later", () =>
  scenario((folder) =>
    Effect.gen(function* () {
      const first = yield* supervise
      yield* stop(folder, "I'll push it.")
      expect(yield* Observe.observe({ message: "I'll push it.", topic: "t", session: null })).toEqual({
        observed: false,
        registered: false,
        deduped: false,
        reason: "feature-disabled",
        claims: []
      })
      yield* first.stopAgents
      const second = yield* Effect.provide(supervise, tracked())
      yield* second.stopAgents
      expect(yield* listed).toEqual([])
    })
  ))

it("CLM-6 a message that is posted is answered with what became of each of its claims", () =>
  scenario(
    () =>
      Effect.gen(function* () {
        const observe = (message: string) => Observe.observe({ message, topic: "t", session: null })
        expect(yield* observe("Looks fine.")).toMatchObject({ observed: true, registered: false, reason: "no-claim" })
        const first = yield* observe("I'll push it. I'll deploy the site.")
        expect(first).toMatchObject({ observed: true, registered: true, deduped: false, reason: "per-topic-cap" })
        expect(first.claims.map(({ commitmentId, verb }) => [verb, commitmentId])).toEqual([
          ["push", 1],
          ["deploy", null]
        ])
        const again = yield* observe("I'll push it.")
        expect(again).toEqual({
          observed: true,
          registered: true,
          deduped: true,
          claims: [{ verb: "push", object: "it", commitmentId: 1, key: first.claims[0]?.key }]
        })
      }),
    () => tracked({ policy: { ...ClaimTable.defaults.policy, perTopicCap: 1 } })
  ))

/**
 * An agent as Claude Code is one: it tells its session, promises something, and ends; the second time it does the work, and
 * says that it has edited a file.
 */
const promising = (folder: Folder, said = "Done. I'll push it now.") => {
  const path = join(folder.directory("bin"), "agent")
  const quoted = (body: object): string => JSON.stringify(body).replaceAll("'", String.raw`'\''`)
  const told = quoted({ session_id: "s", last_assistant_message: said })
  const result = { type: "result", subtype: "success", is_error: false, num_turns: 1, session_id: "s", result: said }
  const edited = { session_id: "s", tool_name: "Edit", tool_input: { file_path: "a.ts" }, tool_response: { ok: true } }
  const text = `#!/bin/sh
if test -e begun; then
  touch worked
  printf '%s' '${quoted(edited)}' | ${folder.places.hook} PostToolUse
  echo '${quoted({ ...result, result: "Mended." })}'
  exit 0
fi
touch begun
printf '%s' '${told}' | ${folder.places.hook} Stop
echo '${quoted(result)}'
`
  writeFileSync(path, text, { mode: 0o755 })
  return { name: "agent", kind: "claude-code" as const, command: path, args: [], env: {}, passEnv: [], model: null }
}

it("CLM-8 a person is told of a promise whose task is done, and no more once somebody has said what became of it", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const { stopAgents } = yield* supervise
        const id = yield* submit(task("a", folder.directory("a"), "", { spec: { agent: promising(folder) } }))
        yield* untilStage(id("a"), "Done")
        expect(yield* untilAttention("commitment:1")).toContain("I'll push it")
        yield* stopAgents
      }),
    () => tracked()
  ))

/** A task whose agent promises as it ends, and whose verifier passes. */
const submitted = (folder: Folder) =>
  submit(
    task("a", folder.directory("a"), "", {
      spec: { agent: promising(folder), maxRetries: 0 },
      verify: ["test -e worked"]
    })
  )

it("CLM-8 an agent that ends with a promise is reminded once, in its own words, before its work is judged, and that is no attempt", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const { stopAgents } = yield* supervise
        const id = yield* submitted(folder)
        yield* untilStage(id("a"), "Done")
        const attempts = yield* Effect.flatMap(Store, (store) => store.attempts(id("a")))
        expect(attempts.map(({ attempt }) => attempt.mode)).toEqual(["Cold", "Nudge"])
        const promptOf = (attempt: number) =>
          readFileSync(join(folder.places.attempt(id("a"), AttemptNumber.make(attempt)), "prompt.md"), "utf8")
        expect(promptOf(1)).toBe("do a")
        expect(promptOf(2).startsWith("## What you said you would do")).toBe(true)
        expect(promptOf(2)).toContain("\nI'll push it\n")
        yield* untilAttention("commitment:1")
        yield* stopAgents
      }),
    () => tracked()
  ))

it("CLM-8 a promise that is stored damaged stands in nobody's way: its session is resumed, and others are followed", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        yield* Observe.observe({ message: "I'll deploy the site.", topic: "s", session: "s" })
        yield* raw(folder.places.database, `UPDATE commitments SET body = '{}' WHERE id = 1`)
        const { stopAgents } = yield* supervise
        const id = yield* submitted(folder)
        yield* untilStage(id("a"), "Done")
        const attempts = yield* Effect.flatMap(Store, (store) => store.attempts(id("a")))
        expect(attempts.map(({ attempt }) => attempt.mode)).toEqual(["Cold", "Nudge"])
        expect(yield* untilAttention("commitment:2")).toContain("I'll push it")
        // Nothing was written over it.
        const [rows] = yield* raw(folder.places.database, "SELECT body FROM commitments WHERE id = 1")
        expect(rows).toEqual([{ body: "{}" }])
        yield* stopAgents
      }),
    () => tracked()
  ))

it("CLM-7 a fix that is promised, then made, is shown by the verifiers of the task, and no person is asked", () =>
  scenario(
    (folder) =>
      Effect.gen(function* () {
        const { stopAgents } = yield* supervise
        const agent = promising(folder, "Done. I'll fix the parser.")
        const id = yield* submit(
          task("a", folder.directory("a"), "", { spec: { agent, maxRetries: 0 }, verify: ["test -e worked"] })
        )
        yield* untilStage(id("a"), "Done")
        yield* untilListed("fix delivered 1")
        const [kept] = yield* Effect.flatMap(Store, (store) => store.commitments(1))
        expect(kept?.state).toMatchObject({ by: { evidence: { what: "test -e worked" } } })
        expect(yield* Effect.flatMap(Store, (store) => store.attention)).toEqual([])
        yield* stopAgents
      }),
    () => tracked()
  ))
