/**
 * C1 to C3: what an agent waits for at each call of a tool. The program that its hooks run, against the least that a shell
 * can do and against a native program; many of them at once; and `drover ingest` against the start of Node.
 */
import { execFileSync, spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { once } from "node:events"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { hookNames } from "../../core/hook/HookName.ts"
import * as HookScript from "../../shell/hooks/HookScript.ts"
import * as Spool from "../../shell/hooks/Spool.ts"
import { environment } from "../harness/SampleProcess.ts"
import * as NativeInsert from "../references/NativeInsert.ts"
import { only, type Place, type Sample, type Scenario } from "../Scenario.ts"
import { environmentOf } from "../workload/Home.ts"
import { eventOf } from "../workload/HookEvents.ts"
import { modulesLoaded, program, start } from "../workload/Program.ts"

const bytes = 1000

/** As `drover up` does it. */
const install = (directory: string): { readonly hook: string; readonly spool: string } => {
  const [hook, spool] = [join(directory, "hook"), join(directory, "spool")]
  mkdirSync(spool)
  writeFileSync(hook, HookScript.text(spool))
  chmodSync(hook, 0o700)
  return { hook, spool }
}

const runsOf = ({ isQuick }: Place): number => (isQuick ? 100 : 300)

/**
 * Milliseconds for one run of a command with an event on its standard input. A shell starts them one after the other, which
 * costs less than the start of one by Node takes.
 */
const each = (place: Place, command: ReadonlyArray<string>): number => {
  const event = join(place.directory, "event")
  writeFileSync(event, eventOf(0, bytes))
  const loop = 'event=$1 n=$2; shift 2; while [ "$n" -gt 0 ]; do "$@" <"$event" || exit 1; n=$((n - 1)); done'
  const run = (times: number): number => {
    const begun = performance.now()
    execFileSync("sh", ["-c", loop, "loop", event, `${times}`, ...command], { env: environment() })
    return performance.now() - begun
  }
  run(10)
  const times = runsOf(place)
  return run(times) / times
}

const shim = (place: Place): Promise<Sample> => {
  const { hook, spool } = install(place.directory)
  const took = each(place, [hook, "PostToolUse"])
  const left = readdirSync(spool).length
  if (left !== runsOf(place) + 10) throw new Error(`${left} events are in the spool`)
  return Promise.resolve(only(took))
}

const append = (place: Place): Promise<Sample> =>
  Promise.resolve(only(each(place, ["sh", "-c", `cat >>${join(place.directory, "appended")}`])))

const native = (place: Place): Promise<Sample> =>
  Promise.resolve(only(each(place, [NativeInsert.fileIn(place.fixture), join(place.directory, "native.db")])))

const shared = { kind: "spawn", unit: "ms", better: "lower", subjectIs: "process" } as const

const appends = "sh -c 'cat >>file'"

export const hook: Scenario = {
  ...shared,
  id: "C1",
  inQuick: true,
  title: "the program that hooks run",
  subject: { name: "hook PostToolUse", run: shim },
  references: [{ name: appends, run: append }],
  goals: [{ id: "C1", reference: appends, relation: "atMost", limit: 1.25 }]
}

const inserts = "native insert into SQLite"

export const hookAgainstNative: Scenario = {
  ...shared,
  id: "C1-native",
  title: "the program that hooks run, and a native one that stores",
  lacks: NativeInsert.lacks,
  prepare: (fixture) => Promise.resolve(NativeInsert.make(fixture)),
  subject: { name: "hook PostToolUse", run: shim },
  references: [{ name: inserts, run: native }],
  goals: [{ id: "C1 native", reference: inserts, relation: "atMost", limit: 1 }]
}

const writers = 16
const sizes = [300, 4 * 1024, 60 * 1024, 300 * 1024]

const digest = (text: string): string => createHash("sha256").update(text).digest("hex")

/** Each is another; half of them look, at any place where a write may break off, like the end of one. */
const textOf = (index: number): string => {
  const size = sizes[index % sizes.length] ?? 0
  return `event ${index}\n${(index % 2 === 0 ? "\n.\n" : '{"text":"x"}\n').repeat(size)}`.slice(0, size)
}

/** Runs one of the commands for each event, so many at once. */
const writeAll = async (
  directory: string,
  from: number,
  count: number,
  commandOf: (index: number) => ReadonlyArray<string>
): Promise<void> => {
  let next = from
  const write = async (): Promise<void> => {
    while (next < from + count) {
      const index = next++
      const file = join(directory, `event-${index}`)
      writeFileSync(file, textOf(index))
      const input = openSync(file, "r")
      const [command = "", ...args] = commandOf(index)
      const child = spawn(command, args, { env: environment(), stdio: [input, "ignore", "inherit"] })
      closeSync(input)
      await once(child, "exit")
      rmSync(file)
      if (child.exitCode !== 0) throw new Error(`a writer ended with ${child.signalCode ?? child.exitCode}`)
    }
  }
  await Promise.all(Array.from({ length: writers }, write))
}

const eventsOf = ({ isQuick }: Place): number => (isQuick ? 400 : 2000)

/** How many of the events are missing, and how many others there are: torn ones and second ones. */
const compared = (found: ReadonlyArray<string>, count: number) => {
  const expected = new Set(Array.from({ length: count }, (_, index) => digest(textOf(index))))
  const known = new Set(found.filter((each) => expected.has(each)))
  return { "events lost": count - known.size, "events torn or doubled": found.length - known.size }
}

/** The first half while nobody reads, the second while a reader takes out what is there. */
const manyHooks = async (place: Place): Promise<Sample> => {
  const { hook, spool } = install(place.directory)
  const count = eventsOf(place)
  const found: Array<string> = []
  const read = (): Promise<Spool.Drained> =>
    Effect.runPromise(
      Spool.drain(spool, (events) => Effect.sync(() => found.push(...events.map(({ body }) => digest(body)))))
    )
  const commandOf = (index: number) => [hook, hookNames[index % hookNames.length] ?? ""]
  const begun = performance.now()
  await writeAll(place.directory, 0, count / 2, commandOf)
  const took = performance.now() - begun
  const writing = new AbortController()
  const reader = (async () => {
    while (!writing.signal.aborted) await read()
  })()
  await writeAll(place.directory, count / 2, count / 2, commandOf)
  writing.abort()
  await reader
  const { bad, waiting } = await read()
  const { "events lost": lost, "events torn or doubled": torn } = compared(found, count)
  return {
    value: (count * 500) / took,
    details: { "events lost": lost, "events torn or doubled": torn + bad + waiting },
    counters: {}
  }
}

/** The same events into one file, in which they tear each other (PERFORMANCE 1.5): how fast it could be at best. */
const manyAppends = async (place: Place): Promise<Sample> => {
  const count = eventsOf(place)
  const begun = performance.now()
  await writeAll(place.directory, 0, count, () => ["sh", "-c", `cat >>${join(place.directory, "appended")}`])
  return only((count * 1000) / (performance.now() - begun))
}

export const hookWriters: Scenario = {
  ...shared,
  id: "C2",
  title: `${writers} hooks at once, 300 bytes to 300 KiB, with a reader and without`,
  unit: "events/s",
  better: "higher",
  rounds: 3,
  subject: { name: "hook", run: manyHooks },
  references: [{ name: "cat >>one-file", run: manyAppends }],
  goals: [
    { id: "C2 lost", reference: null, detail: "events lost", relation: "atMost", limit: 0 },
    { id: "C2 torn", reference: null, detail: "events torn or doubled", relation: "atMost", limit: 0 }
  ]
}

const args = ["ingest", "--hook", "PostToolUse"]

const loaded = (directory: string): Sample["counters"] => ({
  "node modules loaded": modulesLoaded(args, environmentOf(directory), directory, eventOf(0, bytes))
})

const command = ({ directory, nodeArgs }: Place): Promise<Sample> => {
  const { spool } = install(directory)
  const value = start([...nodeArgs, program, ...args], environmentOf(directory), eventOf(0, bytes))
  const counters = loaded(directory)
  if (readdirSync(spool).length === 0) throw new Error("nothing was ingested")
  return Promise.resolve({ value, details: {}, counters })
}

const count = (directory: string): Promise<Sample["counters"]> => {
  install(directory)
  return Promise.resolve(loaded(directory))
}

const nothing = "node -e 0"

export const ingestCommand: Scenario = {
  ...shared,
  id: "C3",
  inQuick: true,
  count,
  title: "drover ingest",
  subjectIs: "program",
  subject: { name: "drover ingest", run: command },
  references: [{ name: nothing, run: () => Promise.resolve(only(start(["-e", "0"], environment()))) }],
  goals: [{ id: "C3", reference: nothing, relation: "atMost", limit: 1.25 }]
}
