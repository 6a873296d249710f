/** A vendor's program, played by a shell script, that is asked for its version. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { expect, it } from "vitest"
import { builtIn } from "../../../core/task/AgentDefinition.ts"
import { ask } from "../../../shell/agents/VersionProbe.ts"
import { isAlive } from "./Alive.ts"
import { put, temporaryFolder } from "../config/TaskFiles.ts"

const program = (folder: string, text: string) => {
  const [, codex] = builtIn
  if (codex === undefined) throw new Error("no agent is built in")
  const file = put(folder, "codex", `#!/bin/sh\n${text}\n`, 0o755)
  return { vendor: "codex" as const, agent: codex, file, cwd: folder }
}
const answer = (text: string) => Effect.runPromise(ask(program(temporaryFolder(), text)))

/** Waits in real time, whatever the clock of the test says. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}
it("AGT-5 a program is known by what it prints: as tried or newer, too old, not understood, or ended badly", async () => {
  expect(await answer("echo codex-cli 0.169.0")).toMatchObject({ _tag: "Known", version: { text: "0.169.0" } })
  expect(await answer("echo warning >&2; echo codex-cli 1.0.0-alpha.1")).toMatchObject({ _tag: "Known" })
  expect(await answer("echo codex-cli 0.168.9")).toMatchObject({
    _tag: "TooOld",
    version: { text: "0.168.9" },
    oldest: { text: "0.169.0" }
  })
  expect(await answer("echo codex-cli 0.169.0-alpha.1")).toMatchObject({ _tag: "TooOld" })
  expect(await answer('echo "the newest; really"')).toEqual({ _tag: "NotUnderstood", said: "the newest; really" })
  expect(await answer("yes y | head -c 1000000")).toEqual({ _tag: "NotUnderstood", said: "y" })
  expect(await answer("echo 0.169.0; echo no such option >&2; exit 2")).toEqual({
    _tag: "NoAnswer",
    why: "ended with status 2: no such option"
  })
  expect(await answer("kill -KILL $$")).toMatchObject({ _tag: "NoAnswer", why: expect.stringContaining("137") })
})

it("AGT-5 a program that is not there any more is no answer, and no failure", async () => {
  const folder = temporaryFolder()
  const gone = { ...program(folder, ""), file: join(folder, "gone") }
  expect(await Effect.runPromise(ask(gone))).toMatchObject({ _tag: "NoAnswer", why: expect.stringContaining("127") })
  const nowhere = { ...gone, cwd: join(folder, "nowhere") }
  expect(await Effect.runPromise(ask(nowhere))).toMatchObject({ _tag: "NoAnswer" })
})

it("AGT-5 it is asked with nothing but --version and an input at its end, and what it leaves in its group is ended", async () => {
  const folder = temporaryFolder()
  const text = `echo "$*" >${folder}/args
cat >${folder}/input
sleep 1000 &
echo $! >${folder}/pid
echo codex-cli 0.169.0`
  expect(await Effect.runPromise(ask(program(folder, text)))).toMatchObject({ _tag: "Known" })
  expect(readFileSync(join(folder, "args"), "utf8")).toBe("--version\n")
  expect(readFileSync(join(folder, "input"), "utf8")).toBe("")
  await until(() => !isAlive(Number(readFileSync(join(folder, "pid"), "utf8"))))
})

it("AGT-5 a program that does not answer is waited for five seconds, and ended with its group", () =>
  Effect.runPromise(
    Effect.gen(function* () {
      const folder = temporaryFolder()
      const pid = join(folder, "pid")
      const asked = yield* Effect.fork(
        ask(program(folder, `sleep 1000 & echo $! >${pid}.new; mv ${pid}.new ${pid}; wait`))
      )
      yield* Effect.promise(() => until(() => existsSync(pid)))
      yield* TestClock.adjust("4999 millis")
      expect(asked.unsafePoll()).toBeNull()
      yield* TestClock.adjust("1 millis")
      expect(yield* Fiber.join(asked)).toEqual({ _tag: "NoAnswer", why: "did not answer within 5 seconds" })
      yield* Effect.promise(() => until(() => !isAlive(Number(readFileSync(pid, "utf8")))))
    }).pipe(Effect.provide(TestContext.TestContext))
  ))
