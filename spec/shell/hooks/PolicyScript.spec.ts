/** What the hook program says of a session that is held, in every shell of this machine. */
import { execFileSync } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import fc from "fast-check"
import { expect } from "vitest"
import { Marker } from "../../../core/execution/AttemptRecord.ts"
import { hookNames } from "../../../core/hook/HookName.ts"
import { type Answer, nameOf, render } from "../../../core/policy/SessionPolicy.ts"
import { TaskId } from "../../../core/task/Identifiers.ts"
import * as Places from "../../../shell/config/Places.ts"
import * as HookScript from "../../../shell/hooks/HookScript.ts"
import { said } from "../../../shell/hooks/PolicyScript.ts"
import * as SpoolFile from "../../../shell/hooks/SpoolFile.ts"
import { layer, SessionPolicies } from "../../../shell/policy/SessionPolicies.ts"
import { shells, type Site, site } from "./Site.ts"

const answers: Readonly<Record<Answer, string>> = { ask: `${said("ask")}\n`, deny: `${said("deny")}\n` }
const marker = Marker.make("0123456789abcdef0123456789abcdef")
const other = Marker.make("f".repeat(32))

const folderOf = ({ spool }: Site): string => join(dirname(spool), "session-policy")

const textOf = (answer: Answer, attempt = marker): string =>
  render({ session: "", task: TaskId.make(3), attempt, answer }, "2026-11-27T00:00:00.000Z")

const put = (here: Site, name: string, text: string | Uint8Array): void => {
  mkdirSync(folderOf(here), { recursive: true })
  writeFileSync(join(folderOf(here), name), text)
}

/** Runs it, and takes the event out of the spool, which must be there as it was given. */
const call = async (
  here: Site,
  shell: ReadonlyArray<string>,
  payload: string | Uint8Array,
  environment: Readonly<Record<string, string>> = {},
  hook = "PreToolUse"
): Promise<string> => {
  const { code, said } = await here.call(shell, [hook], payload, environment)
  expect(code).toBe(0)
  const [name = "", ...more] = here.names()
  expect(more).toEqual([])
  const expected = Buffer.concat([Buffer.from(payload), Buffer.from(SpoolFile.end(name))])
  expect(Buffer.compare(readFileSync(join(here.spool, name)), expected)).toBe(0)
  rmSync(join(here.spool, name))
  return said
}

const event = (session: string, more: object = {}): string =>
  JSON.stringify({ session_id: session, cwd: "/w", hook_event_name: "PreToolUse", tool_name: "Bash", ...more })

const anyShell = fc.constantFrom(...shells)
const anyAnswer = fc.constantFrom("ask" as const, "deny" as const)
const sessionName = fc.oneof(fc.uuid(), fc.constantFrom("ses_0aZ", "-", "_", "a".repeat(128)))
const text = fc.oneof(
  fc.fullUnicodeString({ maxLength: 30 }),
  fc.constantFrom('"', "\\", '\\"session_id\\":\\"', "\n", "$(id)", "`id`", "%s", "*", "x".repeat(300 * 1024))
)

it.scoped(
  "API-5 each use of a tool in a session that is held is answered by its answer, and nothing else is, whatever the event holds",
  () =>
    Effect.gen(function* () {
      const here = yield* site
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(
            anyShell,
            anyAnswer,
            sessionName,
            sessionName,
            text,
            fc.boolean(),
            async (shell, answer, held, free, more, isOfAttempt) => {
              const name = isOfAttempt ? nameOf(held, marker) : held
              fc.pre(held !== free && name !== marker)
              rmSync(folderOf(here), { recursive: true, force: true })
              put(here, `${name}.json`, textOf(answer))
              const input = { tool_input: { command: more } }
              expect(await call(here, shell, event(held, input))).toBe(answers[answer])
              expect(await call(here, shell, JSON.stringify({ ...input, sessionId: held }, null, 2))).toBe(
                answers[answer]
              )
              expect(await call(here, shell, event(free, input))).toBe("")
              expect(await call(here, shell, event(`${held}x`, input))).toBe("")
              // What a tool is given may name another session, but only as a text.
              expect(await call(here, shell, event(free, { tool_input: { command: event(held) } }))).toBe("")
              for (const hook of hookNames.filter((name) => name !== "PreToolUse").slice(0, 2)) {
                expect(await call(here, shell, event(held), {}, hook)).toBe("")
              }
            }
          ),
          { numRuns: 12 }
        )
      )
    })
)

it.scoped("API-5 an attempt is held by its marker, whatever its session is called, and by its strictest policy", () =>
  Effect.gen(function* () {
    const here = yield* site
    yield* Effect.promise(async () => {
      put(here, `${marker}.json`, textOf("ask"))
      put(here, "b.json", textOf("deny", other))
      for (const shell of shells) {
        const free = event("not known yet")
        expect(await call(here, shell, free, { DROVER_ATTEMPT: marker })).toBe(answers.ask)
        expect(await call(here, shell, "no JSON", { DROVER_ATTEMPT: other })).toBe(answers.deny)
        for (const attempt of ["", `${marker}.v1`, "*", `${marker}|${other}`, marker.slice(1)]) {
          expect(await call(here, shell, free, { DROVER_ATTEMPT: attempt })).toBe("")
        }
        expect(await call(here, shell, event("b") + event(marker))).toBe(answers.deny)
      }
    })
  })
)

it.scoped(
  "API-5 whatever lies in the folder and whatever an event is, nothing is ever allowed and the hook ends with 0",
  () =>
    Effect.gen(function* () {
      const here = yield* site
      const whole = fc.oneof(fc.constant(textOf("ask")), fc.constant(textOf("deny")))
      const file = fc.oneof(
        fc.tuple(whole, fc.nat()).map(([text, cut]) => text.slice(0, cut % text.length)),
        fc.tuple(whole, fc.string({ minLength: 1 })).map(([text, more]) => more + text),
        fc.string(),
        fc.constantFrom(
          textOf("ask").replace("force_manual", "inherit"),
          textOf("ask").replace('"ask"', '"allow"'),
          textOf("ask").replace(marker, ""),
          `{"approve_mode":"force_manual"}\n`
        )
      )
      const name = fc.oneof(fc.constantFrom("a", "a b", "..", "*", "$(id)", "-n", "é", "a'b", "[a]"), sessionName)
      const payload = fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.constant(Buffer.from(event("a"))))
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(
            anyShell,
            fc.array(fc.tuple(name, file), { maxLength: 4 }),
            payload,
            async (shell, files, payload) => {
              rmSync(folderOf(here), { recursive: true, force: true })
              for (const [name, text] of files) put(here, `${name}.json`, text)
              expect(await call(here, shell, payload, { DROVER_ATTEMPT: marker })).toBe("")
            }
          ),
          { numRuns: 30 }
        )
      )
    })
)

it.scoped("API-5 what is no plain file, or may not be read, is passed over without waiting for it", () =>
  Effect.gen(function* () {
    const here = yield* site
    yield* Effect.promise(async () => {
      put(here, "a.json", textOf("ask"))
      mkdirSync(join(folderOf(here), "b.json"))
      execFileSync("mkfifo", [join(folderOf(here), "c.json")])
      put(here, "d.json", textOf("deny"))
      chmodSync(join(folderOf(here), "d.json"), process.getuid?.() === 0 ? 0o600 : 0)
      for (const shell of shells) {
        expect(await call(here, shell, event("a"))).toBe(answers.ask)
        expect(await call(here, shell, event("c"))).toBe("")
      }
    })
  })
)

it.scoped("API-5 where nobody is held no other program is started for it", () =>
  Effect.gen(function* () {
    const here = yield* site
    const count = join(here.root, "count")
    const counter = join(here.root, "counter")
    writeFileSync(counter, `#!/bin/sh\necho >>'${count}'\nexec grep "$@"\n`)
    chmodSync(counter, 0o700)
    const script = HookScript.text(here.spool)
    expect(script.split("LC_ALL=C grep")).toHaveLength(2)
    writeFileSync(here.hook, script.replace("LC_ALL=C grep", `LC_ALL=C ${counter}`))
    yield* Effect.promise(async () => {
      for (const shell of shells) {
        expect(await call(here, shell, event("a"))).toBe("")
        put(here, "a.json", "no policy\n")
        expect(await call(here, shell, event("a"))).toBe("")
        expect(existsSync(count)).toBe(false)
        put(here, "a.json", textOf("ask"))
        // By its marker it is found without one, too.
        expect(await call(here, shell, event("a"), { DROVER_ATTEMPT: marker })).toBe(answers.ask)
        expect(existsSync(count)).toBe(false)
        expect(await call(here, shell, event("a"))).toBe(answers.ask)
        expect(existsSync(count)).toBe(true)
        rmSync(count)
        rmSync(folderOf(here), { recursive: true })
      }
    })
  })
)

it.scoped("API-5 a session stays held where its event can not be kept", () =>
  Effect.gen(function* () {
    const here = yield* site
    yield* Effect.promise(async () => {
      put(here, "a.json", textOf("ask"))
      rmSync(here.spool, { recursive: true })
      writeFileSync(here.spool, "in the way")
      for (const shell of shells) {
        const big = event("a", { more: "x".repeat(300 * 1024) })
        expect(await here.call(shell, ["PreToolUse"], big)).toEqual({ code: 0, said: answers.ask })
        expect(await here.call(shell, ["PreToolUse"], event("b"))).toEqual({ code: 0, said: "" })
        const byMarker = await here.call(shell, ["PreToolUse"], big, { DROVER_ATTEMPT: marker })
        expect(byMarker).toEqual({ code: 0, said: answers.ask })
      }
    })
  })
)

it.scopedLive("API-5 a hook that reads while a policy is written again and again sees the old one or the new one", () =>
  Effect.gen(function* () {
    const here = yield* site
    const places = Either.getOrThrow(Places.make({ DROVER_HOME: dirname(here.spool) }))
    yield* Effect.gen(function* () {
      const policies = yield* SessionPolicies
      const write = (answer: Answer) => policies.write({ session: "a", task: TaskId.make(3), attempt: marker, answer })
      yield* write("ask")
      const writer = yield* Effect.fork(Effect.forever(Effect.zipRight(write("deny"), write("ask"))))
      const heard = yield* Effect.promise(async () => {
        const all: Array<string> = []
        for (let times = 0; times < 10; times++) {
          for (const shell of shells) all.push((await here.call(shell, ["PreToolUse"], event("a"))).said)
        }
        return all
      })
      yield* Fiber.interrupt(writer)
      expect(heard.filter((text) => text !== answers.ask && text !== answers.deny)).toEqual([])
      expect(readdirSync(folderOf(here)).filter((name) => name.endsWith(".json"))).toEqual(["a.json"])
    }).pipe(Effect.provide(layer.pipe(Layer.provide(Layer.succeed(Places.Places, places)))))
  })
)
