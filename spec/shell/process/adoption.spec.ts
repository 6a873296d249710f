/** A second process plays the supervisor: what it started lives on without it, and is found again. */
import { it } from "@effect/vitest"
import { build } from "esbuild"
import { spawn as spawnChild } from "node:child_process"
import { once } from "node:events"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { expect } from "vitest"
import { ProcessIdentity } from "../../../core/execution/Process.ts"
import * as Exit from "../../../shell/process/Exit.ts"
import { layer, Processes } from "../../../shell/process/Processes.ts"
import * as StartToken from "../../../shell/process/StartToken.ts"
import { folder, freshMarker, owned, requestIn, until } from "./World.ts"

const source = `
  import * as Effect from "effect/Effect"
  import { layer, Processes } from "./shell/process/Processes.ts"
  const [request, then] = process.argv.slice(2)
  const started = Effect.flatMap(Processes, (processes) => processes.spawn(JSON.parse(request)))
  process.stdout.write(JSON.stringify(await Effect.runPromise(Effect.provide(started, layer))))
  if (then === "stay") setInterval(() => undefined, 1000)
`

/** Node 20 does not run TypeScript, so the supervisor is bundled first. */
const bundled = (outfile: string) =>
  Effect.promise(() =>
    build({
      stdin: { contents: source, resolveDir: join(import.meta.dirname, "../../.."), loader: "ts" },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile,
      logLevel: "error"
    })
  )

const script = "echo one; while [ ! -e go ]; do sleep 0.02; done; echo two; exec sleep 60"

const outlives = (supervisorFile: string, then: "stay" | "end") =>
  Effect.gen(function* () {
    const processes = yield* Processes
    const directory = yield* folder
    const marker = freshMarker()
    yield* Effect.addFinalizer(() => Effect.orDie(processes.stop({ marker, graceMs: 0 })))
    const request = requestIn(directory, marker, { command: "sh", args: ["-c", script] })
    const output = Effect.promise(() => readFile(request.stdout, "utf8"))
    const args = [supervisorFile, JSON.stringify(request), then]
    const supervisor = yield* Effect.acquireRelease(
      Effect.sync(() => spawnChild(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const gone = once(supervisor, "exit")
    const [told] = yield* Effect.promise(() => once(supervisor.stdout, "data"))
    const root = Schema.decodeUnknownSync(Schema.parseJson(ProcessIdentity))(String(told))
    yield* until(Effect.map(output, (lines) => lines === "one\n"))
    if (then === "stay") supervisor.kill("SIGKILL")
    yield* Effect.promise(() => gone)

    expect(yield* processes.identify(root.pid)).toEqual(Option.some(root))
    expect(yield* StartToken.holder(directory)).toEqual(Option.some(root.pid))
    expect((yield* owned(marker)).map((entry) => entry.pid)).toContain(root.pid)
    yield* Effect.promise(() => writeFile(join(directory, "go"), ""))
    yield* until(Effect.map(output, (lines) => lines === "one\ntwo\n"))
    expect(yield* processes.stop({ marker, root, graceMs: 10_000 })).toMatchObject({ _tag: "Empty" })
    expect(yield* Exit.read(directory)).toMatchObject(Option.some({ signal: "SIGTERM" }))
  })

it.scopedLive(
  "PRC-1 an agent outlives a supervisor that is killed or just ends, and the next one finds and stops it",
  () =>
    Effect.gen(function* () {
      const supervisorFile = join(yield* folder, "supervisor.mjs")
      yield* bundled(supervisorFile)
      yield* outlives(supervisorFile, "stay")
      yield* outlives(supervisorFile, "end")
    }).pipe(Effect.provide(layer))
)
