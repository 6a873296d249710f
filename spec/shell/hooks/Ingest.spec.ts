/** `drover ingest` of the built program: the small bundle that answers it alone, and the command line behind that. */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync
} from "node:fs"
import { dirname, join } from "node:path"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest"
import { hookNames } from "../../../core/hook/HookName.ts"
import * as Spool from "../../../shell/hooks/Spool.ts"
import * as SpoolFile from "../../../shell/hooks/SpoolFile.ts"
import { built } from "../cli/build.ts"
import { type Site, site, until } from "../cli/Drover.ts"

let here: Site
let spool: string
beforeEach(async () => {
  here = await site()
  spool = join(here.home, "spool")
})
afterEach(() => here.remove())

const silent = { code: 0, stdout: "", stderr: "" }

/** What was kept, which goes away. */
const taken = async (folder = spool): Promise<ReadonlyArray<Spool.Spooled>> => {
  const events: Array<Spool.Spooled> = []
  await Effect.runPromise(Spool.drain(folder, (group) => Effect.sync(() => void events.push(...group))))
  return events
}

it("ING-1 ingest keeps the event on its standard input as a hook does, says nothing and makes no store", async () => {
  for (const [index, hook] of [["--hook", "Stop"], ["--hook=PreToolUse"]].entries()) {
    expect(await here.feed(`{"n":${index}}\0é`, "ingest", ...hook)).toEqual(silent)
    const [name = ""] = readdirSync(spool)
    expect(SpoolFile.parse(name)).toMatchObject({ n: 0 })
    expect(readFileSync(join(spool, name), "utf8")).toBe(`{"n":${index}}\0é${SpoolFile.end(name)}`)
    expect(statSync(join(spool, name)).mode & 0o777).toBe(0o600)
    expect(await taken()).toMatchObject([{ hook: hook.at(-1)?.replace("--hook=", ""), body: `{"n":${index}}\0é` }])
  }
  expect(statSync(here.home).mode & 0o777).toBe(0o700)
  expect(statSync(spool).mode & 0o777).toBe(0o700)
  expect(readdirSync(here.home)).toEqual([".gitignore", "spool"])
})

it("ING-1 ingest keeps up to a mebibyte, and refuses a byte more with a word and status 1", async () => {
  const longest = Buffer.alloc(SpoolFile.longestBody, "x")
  expect(await here.feed(longest, "ingest", "--hook", "Stop")).toEqual(silent)
  expect((await taken()).map(({ body }) => body.length)).toEqual([SpoolFile.longestBody])
  const { code, stderr, stdout } = await here.feed(Buffer.concat([longest, longest]), "ingest", "--hook", "Stop")
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
  expect(stderr).toBe("drover ingest: the event has more than 1048576 bytes\n")
  expect(readdirSync(spool)).toEqual([])
})

/** What is typed, what is on standard input, the status, and what the message says. */
const mistakes: ReadonlyArray<readonly [args: ReadonlyArray<string>, input: string, says: string]> = [
  [["--hook", "Stopp"], "{}", 'there is no hook "Stopp": did you mean Stop? There are SessionStart, SessionEnd,'],
  [["--hook", "xyzzy"], "{}", 'there is no hook "xyzzy"; there are SessionStart, SessionEnd,'],
  [["--hook", ""], "{}", 'there is no hook ""; there are SessionStart'],
  [["--hook="], "{}", 'there is no hook ""'],
  [[], "{}", "--hook is missing; it is one of SessionStart, SessionEnd,"],
  [["--hook"], "{}", "--hook needs a value"],
  [["--hok", "Stop"], "{}", "did you mean --hook?"],
  [["Stop"], "{}", "nothing is expected here: Stop"]
]

it("ING-1 a mistake of ingest is told with the nearest word and the list, ends with 1 and keeps nothing", async () => {
  for (const [args, input, says] of mistakes) {
    const { code, stderr, stdout } = await here.feed(input, "ingest", ...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    expect(stderr).toContain(says)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
  }
  expect(existsSync(here.home)).toBe(false)
})

it("ING-1 ingest never ends with 2, which agents read as a veto, whatever is typed and wherever", async () => {
  const word = fc.oneof(
    fc.constantFrom("--hook", "--hook=", "--json", "--", "-h", "--log-level", "debug", "-", "--version", ...hookNames),
    fc.string({ maxLength: 8 }).filter((text) => !text.includes("\0"))
  )
  const first = fc.constantFrom([], ["--log-level", "error"])
  await fc.assert(
    fc.asyncProperty(first, fc.array(word, { maxLength: 4 }), async (before, after) => {
      const { code } = await here.feed("{}", ...before, "ingest", ...after)
      expect([0, 1]).toContain(code)
      expect(here.isStored()).toBe(false)
    }),
    { numRuns: 15 }
  )
})

it("ING-1 ingest does the same through the whole command line, and tells with --json where the event lies", async () => {
  const viaCommandLine = ["--log-level", "error", "ingest"]
  const inputs = ["{}", " \n", "", "x".repeat(SpoolFile.longestBody + 1)]
  for (const hook of ["Stop", "Stopp"]) {
    for (const input of inputs) {
      const fast = await here.feed(input, "ingest", "--json", "--hook", hook)
      const first = existsSync(spool) ? await taken() : []
      const slow = await here.feed(input, ...viaCommandLine, "--json", "--hook", hook)
      const second = existsSync(spool) ? await taken() : []
      expect(slow.code).toBe(fast.code)
      expect(slow.stderr).toBe(fast.stderr)
      expect(second.map(({ body }) => body)).toEqual(first.map(({ body }) => body))
      if (fast.code !== 0) continue
      expect(JSON.parse(fast.stdout)).toEqual({ hook, file: first[0]?.file ?? null })
      expect(JSON.parse(slow.stdout)).toEqual({ hook, file: second[0]?.file ?? null })
    }
  }
  expect((await here.feed("{}", ...viaCommandLine)).stderr).toBe((await here.feed("{}", "ingest")).stderr)
  const { code, stdout } = await here.run("ingest", "--help")
  expect(code).toBe(0)
  expect(stdout).toContain("--hook text")
})

it("ING-3 ingest loads nothing of drover but itself, and neither opens nor waits for a store", async () => {
  const alone = join(here.folder, "alone")
  mkdirSync(alone)
  for (const name of ["drover.cjs", "ingest.cjs"]) copyFileSync(join(dirname(built()), name), join(alone, name))
  // Whoever opened this would fail.
  mkdirSync(join(here.home, "drover.db"), { recursive: true })
  const child = spawn(process.execPath, [join(alone, "drover.cjs"), "ingest", "--hook", "Stop"], {
    env: { DROVER_HOME: here.home },
    stdio: ["pipe", "ignore", "inherit"]
  })
  child.stdin.end("{}")
  await once(child, "close")
  expect(child.exitCode).toBe(0)
  expect(await taken()).toMatchObject([{ hook: "Stop", body: "{}" }])
})

it("ING-1 ingest finds the state directory as the whole program does, and an absolute DROVER_SPOOL goes before it", async () => {
  const home = join(here.folder, "..")
  const other = join(here.folder, "other spool")
  const places: ReadonlyArray<readonly [environment: Readonly<Record<string, string>>, folder: string]> = [
    [{ DROVER_HOME: join(home, "own") }, join(home, "own/spool")],
    [{ DROVER_HOME: "own" }, join(here.folder, "own/spool")],
    [{ DROVER_HOME: "" }, join(home, ".local/state/drover/spool")],
    [{ DROVER_HOME: "", XDG_STATE_HOME: join(home, "xdg") }, join(home, "xdg/drover/spool")],
    [{ DROVER_HOME: "", XDG_STATE_HOME: "xdg" }, join(home, ".local/state/drover/spool")],
    [{ DROVER_SPOOL: other }, other],
    [{ DROVER_SPOOL: "other" }, spool]
  ]
  for (const [environment, folder] of places) {
    for (const before of [[], ["--log-level", "error"]]) {
      expect(await here.start([...before, "ingest", "--hook", "Stop"], environment, "{}").end).toEqual(silent)
      expect(await taken(folder)).toHaveLength(1)
    }
  }
})

/** Runs ingest with another program's changes to Node's own modules, which it loads first. */
const preloaded = (text: string) => {
  const preload = join(here.folder, "preload.cjs")
  writeFileSync(preload, `const fs = require("node:fs")\n${text}`)
  return here.start(["ingest", "--hook", "Stop"], { NODE_OPTIONS: `--require ${preload}` }, "{}")
}

it("ING-3 ingest ends with 0 only when the event, its name and the spool have reached the disk", async () => {
  const log = join(here.folder, "log")
  const { end } = preloaded(`
    const paths = new Map()
    const { openSync, writeSync } = fs
    const log = openSync(${JSON.stringify(log)}, "a")
    const say = (line) => writeSync(log, line + "\\n")
    fs.openSync = (path, ...rest) => {
      const descriptor = openSync(path, ...rest)
      paths.set(descriptor, path)
      return descriptor
    }
    for (const name of ["writeFileSync", "fdatasync", "fsync"]) {
      const work = fs[name]
      fs[name] = (descriptor, then) => {
        const path = paths.get(descriptor)
        if (name === "writeFileSync") return work(descriptor, then), say(name + " " + path)
        work(descriptor, (error) => {
          say(name + " " + path)
          then(error)
        })
      }
    }
    process.on("exit", () => say("exit"))`)
  expect(await end).toEqual(silent)
  const [event] = await taken()
  const [parent, written, ...rest] = readFileSync(log, "utf8").trimEnd().split("\n")
  expect([parent, written, rest.at(-1)]).toEqual([`fsync ${here.home}`, `writeFileSync ${event?.file}`, "exit"])
  expect(rest.slice(0, -1).toSorted()).toEqual([`fdatasync ${event?.file}`, `fsync ${spool}`])
})

/** What fails, and how: two of them tell it to who waits for them. */
const failures: Readonly<Record<string, string>> = {
  writeFileSync: "() => { throw error }",
  fdatasync: "(descriptor, then) => then(error)",
  fsync: "(descriptor, then) => then(error)"
}

for (const [name, how] of Object.entries(failures)) {
  it(`ING-3 an event that does not reach the disk (${name} fails) is no file, and ingest says so and ends with 1`, async () => {
    mkdirSync(spool, { recursive: true })
    const { end } = preloaded(`const error = new Error("ENOSPC: no space left on device"); fs.${name} = ${how}`)
    const { code, stderr, stdout } = await end
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    expect(stderr).toBe("drover ingest: the event can not be kept: ENOSPC: no space left on device\n")
    expect(readdirSync(spool)).toEqual([])
  })
}

it("ING-1 ingest leaves a file of another process that had its pid as it is", async () => {
  const { end } = preloaded(`
    fs.mkdirSync(${JSON.stringify(spool)}, { recursive: true })
    fs.writeFileSync(${JSON.stringify(spool)} + "/" + process.pid + ".0.Stop", "other")`)
  expect(await end).toEqual(silent)
  const names = readdirSync(spool).toSorted()
  expect(names.map((name) => SpoolFile.parse(name)?.n)).toEqual([0, 1])
  expect(readFileSync(join(spool, names[0] ?? ""), "utf8")).toBe("other")
})

it("ING-1 many calls of ingest at once in a state directory that is not there are all kept", async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => here.feed(`${index}`, "ingest", "--hook", "Stop"))
  )
  for (const answer of answers) expect(answer).toEqual(silent)
  expect((await taken()).map(({ body }) => body).toSorted()).toEqual(["0", "1", "2", "3", "4", "5", "6", "7"])
})

it("ING-1 ingest waits for a standard input that somebody has made one that does not wait", async () => {
  const pipe = join(here.folder, "pipe")
  const marker = join(here.folder, "asked")
  const preload = join(here.folder, "preload.cjs")
  execFileSync("mkfifo", [pipe])
  writeFileSync(
    preload,
    `const fs = require("node:fs"), { readSync } = fs
     fs.readSync = (...args) => {
       try { return readSync(...args) } catch (error) { fs.writeFileSync(${JSON.stringify(marker)}, error.code); throw error }
     }`
  )
  const input = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  const output = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
  // A Node that starts a program makes its first three descriptors wait.
  const child = spawn("sh", ["-c", 'exec "$@" <&3', "sh", process.execPath, built(), "ingest", "--hook", "Stop"], {
    env: { DROVER_HOME: here.home, NODE_OPTIONS: `--require ${preload}`, PATH: process.env.PATH ?? "" },
    stdio: ["ignore", "ignore", "inherit", input]
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  closeSync(input)
  const ended = once(child, "close")
  // It is there before it is written.
  await until(() => existsSync(marker) && readFileSync(marker, "utf8") !== "")
  expect(readFileSync(marker, "utf8")).toBe("EAGAIN")
  writeSync(output, "late")
  closeSync(output)
  await ended
  expect(child.exitCode).toBe(0)
  expect((await taken()).map(({ body }) => body)).toEqual(["late"])
})

it("ING-1 a standard input that is closed is none, one that can not be read is told", async () => {
  const closed = join(here.folder, "closed.sh")
  writeFileSync(closed, 'exec "$@" <&-')
  const command = [closed, process.execPath, built(), "ingest", "--hook", "Stop"]
  execFileSync("sh", command, { env: { DROVER_HOME: here.home }, stdio: "ignore" })
  expect(existsSync(spool)).toBe(false)
  writeFileSync(closed, 'exec "$@" </')
  expect(() => execFileSync("sh", command, { env: { DROVER_HOME: here.home }, stdio: "pipe" })).toThrow(
    "standard input can not be read"
  )
  rmSync(closed)
})
