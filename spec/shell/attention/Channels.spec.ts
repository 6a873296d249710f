/** The channels in memory, and over real programs and a real HTTP server. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { expect } from "vitest"
import { Channels, type Heard, layerMemory, Limit } from "../../../shell/attention/Channels.ts"
import * as ChannelsLive from "../../../shell/attention/ChannelsLive.ts"
import * as AttentionTable from "../../../shell/config/AttentionTable.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import * as Places from "../../../shell/config/Places.ts"
import * as Processes from "../../../shell/process/Processes.ts"
import { folder, freshMarker, owned, until } from "../process/World.ts"
import { type Behaviour, contract, message } from "./Contract.ts"
import { sink } from "./Sink.ts"

contract("in memory", ["command", "webhook"], (name, behaviour) => {
  const heard: Array<Heard> = []
  const answers = { works: Effect.succeed(null), refuses: Effect.succeed("it said no"), hangs: Effect.never }
  return Effect.succeed({
    layer: layerMemory([name], heard, () => answers[behaviour]),
    heard: Effect.sync(() => heard.map((each) => each.message.json))
  })
})

const live = (home: string, attention: Partial<AttentionTable.Attention>) => {
  const places = Either.getOrThrow(Places.make({ DROVER_HOME: home }))
  const configuration = {
    ...Configuration.defaults,
    file: "",
    attention: { ...AttentionTable.nothing, ...attention },
    guardsNow: Effect.succeed({}),
    searchPath: undefined
  }
  return ChannelsLive.layer.pipe(
    Layer.provide(Layer.succeed(Configuration.Configuration, configuration)),
    Layer.provide(Layer.succeed(Places.Places, places)),
    Layer.provideMerge(Processes.layer)
  )
}

/** A shell program in a folder; what follows `told` in it is the command line of that word. */
const program = (path: string, lines: string): string => {
  const file = join(path, "tell me")
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `#!/bin/sh\n${lines}\n`)
  chmodSync(file, 0o700)
  return file
}

const scripts: Readonly<Record<Behaviour, string>> = {
  works: 'cat >>"$1"',
  refuses: "echo why not >&2\nexit 2",
  // One below it that has left its group and its session, and one that ignores TERM.
  hangs: `setsid sleep 600 &\n(trap '' TERM; sleep 600) &\nsleep 600`
}

contract("over real programs and a real server", ["command", "webhook"], (name, behaviour) =>
  Effect.gen(function* () {
    const path = yield* folder
    if (name === "webhook") {
      const server = yield* sink
      server.answer = { works: 200, refuses: 500, hangs: "silence" as const }[behaviour]
      return {
        layer: live(path, { webhook: Redacted.make(`${server.url}/hook`) }),
        heard: Effect.sync(() => server.requests.map(({ body }) => body))
      }
    }
    const told = join(path, "told")
    const command = program(path, scripts[behaviour])
    return {
      layer: live(path, { command: { command, args: [told] } }),
      heard: Effect.sync(() => (existsSync(told) ? readFileSync(told, "utf8").split(/(?<=\n)/) : []))
    }
  })
)

it.scopedLive(
  "GRD-2 a program that takes too long is ended with all that it has started, and so is one that nobody waits for",
  () =>
    Effect.gen(function* () {
      const path = yield* folder
      const command = program(path, `: >"$1"\n${scripts.hangs}`)
      const begun = join(path, "begun")
      yield* Effect.gen(function* () {
        const { all, end } = yield* Channels
        const tell = (marker: string) => all[0]?.tell(message, marker) ?? Effect.void
        const late = freshMarker()
        yield* Effect.flip(tell(late)).pipe(Effect.provideService(Limit, { ms: 300 }))
        expect(yield* owned(late)).toEqual([])

        const left = freshMarker()
        const waiting = yield* Effect.fork(tell(left))
        yield* until(Effect.map(owned(left), ({ length }) => length >= 4))
        yield* Fiber.interrupt(waiting)
        expect(yield* owned(left)).toEqual([])

        const orphaned = freshMarker()
        const again = yield* Effect.fork(tell(orphaned))
        yield* until(Effect.map(owned(orphaned), ({ length }) => length >= 4))
        yield* end([freshMarker(), orphaned])
        expect(yield* owned(orphaned)).toEqual([])
        expect((yield* Effect.flip(Fiber.join(again))).why).toContain("SIG")
        expect(existsSync(begun)).toBe(true)
      }).pipe(Effect.provide(live(path, { command: { command, args: [begun] } })))
    })
)

it.scopedLive(
  "GRD-2 a program gets what it is told as data, its own arguments as they are, and may not read its input",
  () =>
    Effect.gen(function* () {
      const path = yield* folder
      const out = join(path, "out")
      const command = program(path, `exec 0<&-\n{ echo "$#:$2"; env; } >"$1"`)
      yield* Effect.gen(function* () {
        const { all } = yield* Channels
        yield* all[0]?.tell(message, freshMarker()) ?? Effect.void
      }).pipe(Effect.provide(live(path, { command: { command, args: [out, "$(id) 'x'"] } })))
      const lines = readFileSync(out, "utf8")
      expect(lines).toMatch(/^2:\$\(id\) 'x'$/m)
      expect(lines).toContain(`DROVER_ATTENTION_TEXT=it is "$HOME" \`id\` <b>\nand\n more\n`)
      expect(lines).toMatch(/^DROVER_ATTENTION_ID=7$/m)
      expect(lines).toMatch(/^DROVER_ATTENTION_WHAT_TO_DO=drover show 3$/m)
    })
)

it.scopedLive("GRD-2 what can not be started, and what speaks before it fails, is told as why", () =>
  Effect.gen(function* () {
    const path = yield* folder
    const why = (command: string, args: ReadonlyArray<string> = []) =>
      Effect.gen(function* () {
        const { all } = yield* Channels
        return (yield* Effect.flip(all[0]?.tell(message, freshMarker()) ?? Effect.void)).why
      }).pipe(Effect.provide(live(path, { command: { command, args } })))
    expect(yield* why("no-such-program")).toBe("no program no-such-program is found, or it may not be executed")
    expect(yield* why("/bin/sh", ["-c", "echo first >&2; echo it is closed >&2; exit 3"])).toBe(
      "it ended with status 3: it is closed"
    )
    expect(yield* why("/bin/sh", ["-c", "kill -9 $$"])).toBe("it was ended by SIGKILL")
    const noise = "yes 0123456789 | head -c 3000000 >&2; echo >&2; echo last words >&2; exit 1"
    expect(yield* why("/bin/sh", ["-c", noise])).toBe("it ended with status 1: last words")
  })
)

it.scopedLive("GRD-2 a webhook is posted JSON, follows no redirection, and its URL is told to nobody", () =>
  Effect.gen(function* () {
    const path = yield* folder
    const server = yield* sink
    const { host } = new URL(server.url)
    const tell = Effect.gen(function* () {
      const { all } = yield* Channels
      yield* all[0]?.tell(message, freshMarker()) ?? Effect.void
    })
    const asked = (url: string) => Effect.provide(tell, live(path, { webhook: Redacted.make(url) }))
    yield* asked(`${server.url}/services/s3cret?token=t0ken`)
    expect(server.requests).toMatchObject([
      {
        method: "POST",
        path: "/services/s3cret?token=t0ken",
        headers: { "content-type": "application/json", "user-agent": "drover" },
        body: message.json
      }
    ])
    server.answer = 302
    const redirected = yield* Effect.flip(asked(`${server.url}/s3cret`))
    expect(String(redirected)).toContain(`${host} answered 302`)
    expect(server.requests).toHaveLength(2)
    const closed = yield* Effect.scoped(Effect.map(sink, ({ url }) => url))
    const unreachable = yield* Effect.flip(asked(`${closed}/s3cret`))
    expect(unreachable.message).toBe(`webhook: ${new URL(closed).host} can not be reached: ECONNREFUSED`)
    for (const error of [redirected, unreachable]) {
      expect(JSON.stringify(error) + String(error) + (error.stack ?? "")).not.toContain("s3cret")
    }
  })
)
