import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { expect, it as plainly } from "vitest"
import { hookNames, isHookName } from "../../../core/hook/HookName.ts"
import * as HookScript from "../../../shell/hooks/HookScript.ts"
import * as SpoolFile from "../../../shell/hooks/SpoolFile.ts"
import { until } from "../cli/Drover.ts"
import { run, shells, type Site, site } from "./Site.ts"

const silent = { code: 0, said: "" }
const anyShell = fc.constantFrom(...shells)
const anyHook = fc.constantFrom(...hookNames)

/** The only file of the spool, by its name and its bytes. */
const only = ({ names, spool }: Site) => {
  expect(names()).toHaveLength(1)
  const [name = ""] = names()
  return { name, bytes: readFileSync(join(spool, name)) }
}

it.scoped("ING-1 a hook leaves exactly the bytes of its event, for its owner alone, under a name of its hook", () =>
  Effect.gen(function* () {
    const here = yield* site
    const payload = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.constantFrom("\0", "\0\n\0", "\n.\n", "%s\\n", "é", '{"a":"\\n"}').map((text) => Buffer.from(text))
    )
    yield* Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(anyShell, anyHook, payload, async (shell, hook, bytes) => {
          expect(await here.call(shell, [hook], bytes)).toEqual(silent)
          const left = only(here)
          expect(SpoolFile.parse(left.name)).toMatchObject({ n: 0, hook })
          expect(Buffer.compare(left.bytes, Buffer.concat([bytes, Buffer.from(SpoolFile.end(left.name))]))).toBe(0)
          expect(statSync(join(here.spool, left.name)).mode & 0o777).toBe(0o600)
          rmSync(join(here.spool, left.name))
        }),
        { numRuns: 40 }
      )
    )
  })
)

it.scoped(
  "ING-1 a hook of no name or no known one, or without an event, leaves nothing, says nothing and ends with 0",
  () =>
    Effect.gen(function* () {
      const here = yield* site
      const word = fc.oneof(
        fc.constantFrom("", "stop", "Stop ", "*", "Stop|", "[S]top", "-n", "../Stop", "Stop\n"),
        fc.string({ maxLength: 20 }).filter((text) => !text.includes("\0"))
      )
      const nonsense = fc.oneof(
        fc.tuple(
          fc.array(word, { maxLength: 3 }).filter(([name]) => name === undefined || !isHookName(name)),
          fc.uint8Array({ maxLength: 100 })
        ),
        fc.tuple(
          anyHook.map((hook) => [hook]),
          fc.constant(new Uint8Array(0))
        )
      )
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(anyShell, nonsense, async (shell, [args, bytes]) => {
            expect(await here.call(shell, args, bytes)).toEqual(silent)
            expect(here.names()).toEqual([])
          }),
          { numRuns: 40 }
        )
      )
      // Nor does it break the write of an agent: all is read, however much it is.
      for (const shell of shells)
        expect(yield* Effect.promise(() => here.call(shell, ["?"], "x".repeat(300_000)))).toEqual(silent)
    })
)

it.scoped("ING-1 a hook works whatever environment an agent gives it", () =>
  Effect.gen(function* () {
    const here = yield* site
    const environments: ReadonlyArray<Readonly<Record<string, string>>> = [
      {},
      { PATH: "" },
      { PATH: "/nowhere:relative" },
      { SHELLOPTS: "nounset:errexit:noclobber:noglob", PATH: "/bin" },
      { DROVER_SPOOL: "" },
      { DROVER_SPOOL: "relative/spool" },
      { n: "7", opened: "1", made: "1", name: "x", spool: "/x", IFS: "0123.", CDPATH: "/" }
    ]
    for (const shell of shells) {
      for (const environment of environments) {
        expect(yield* Effect.promise(() => here.call(shell, ["Stop"], "{}", environment))).toEqual(silent)
        const { bytes, name } = only(here)
        expect(bytes.toString()).toBe(`{}${SpoolFile.end(name)}`)
        rmSync(join(here.spool, name))
      }
    }
  })
)

it.scoped("ING-1 an absolute DROVER_SPOOL is where a hook leaves its event", () =>
  Effect.gen(function* () {
    const here = yield* site
    const spool = join(here.root, "an other")
    mkdirSync(spool)
    for (const shell of shells) {
      expect(yield* Effect.promise(() => here.call(shell, ["Stop"], "{}", { DROVER_SPOOL: spool }))).toEqual(silent)
    }
    expect(here.names()).toEqual([])
    expect(readdirSync(spool)).toHaveLength(shells.length)
  })
)

it.scoped("ING-1 a hook whose pid was another's leaves the other's event as it is, and its own beside it", () =>
  Effect.gen(function* () {
    const here = yield* site
    // The shell that `exec` starts has the pid that it had.
    const taken = 'for n in 0 1 2; do echo other >"$DROVER_SPOOL/$$.$n.Stop"; done; exec "$@"'
    for (const shell of shells) {
      const command = ["sh", "-c", taken, "taken", ...shell, here.hook, "Stop"]
      expect(
        yield* Effect.promise(() => run(command, "own", { DROVER_SPOOL: here.spool, PATH: process.env.PATH ?? "" }))
      ).toEqual(silent)
      const contents = here.names().map((name) => readFileSync(join(here.spool, name), "utf8"))
      expect(contents.slice(0, 3)).toEqual(["other\n", "other\n", "other\n"])
      expect(here.names()[3]).toMatch(/^\d+\.3\.Stop$/)
      expect(contents[3]).toBe(`own${SpoolFile.end(here.names()[3] ?? "")}`)
      for (const name of here.names()) rmSync(join(here.spool, name))
    }
  })
)

it.scoped(
  "ING-2 an event that does not fit on the disk leaves no file that looks whole, and the hook ends with 0",
  () =>
    Effect.gen(function* () {
      const here = yield* site
      // A limit on the size of files is to `cat` what a full disk is: a write that fails, with room for a line after it.
      const limited = `trap '' XFSZ; ulimit -f 16; exec "$@"`
      for (const shell of shells) {
        const command = ["sh", "-c", limited, "limited", ...shell, here.hook, "Stop"]
        expect(
          yield* Effect.promise(() => run(command, "x".repeat(300_000), { PATH: process.env.PATH ?? "" }))
        ).toEqual(silent)
        expect(here.names()).toEqual([])
      }
    })
)

/** The pid of the only child of a process. */
const childOf = (pid: number): number | undefined => {
  const rows = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).split("\n")
  const [child] = rows.map((row) => row.trim().split(/ +/).map(Number)).find(([, parent]) => parent === pid) ?? []
  return child
}

it.scopedLive("ING-2 an event whose copying breaks off leaves no file that looks whole, and the hook ends with 0", () =>
  Effect.gen(function* () {
    const here = yield* site
    for (const [command = "", ...args] of shells) {
      const hook = spawn(command, [...args, here.hook, "Stop"], { env: {}, stdio: ["pipe", "inherit", "inherit"] })
      hook.stdin.write("half")
      yield* Effect.promise(() => until(() => here.names().some((name) => statSync(join(here.spool, name)).size > 0)))
      const cat = childOf(hook.pid ?? 0)
      if (cat !== undefined) process.kill(cat, "SIGKILL")
      yield* Effect.promise(() => until(() => here.names().length === 0))
      hook.stdin.end()
      yield* Effect.promise(() => once(hook, "close"))
      expect([cat, hook.exitCode]).toEqual([expect.any(Number), 0])
    }
  })
)

it.scoped(
  "ING-1 a hook makes its spool again, and without the folder above it drops its event, says nothing and ends with 0",
  () =>
    Effect.gen(function* () {
      const here = yield* site
      for (const shell of shells) {
        rmSync(here.spool, { recursive: true })
        expect(yield* Effect.promise(() => here.call(shell, ["Stop"], "{}"))).toEqual(silent)
        expect(here.names()).toHaveLength(1)
        expect(statSync(here.spool).mode & 0o777).toBe(0o700)
        // bash takes options from its environment; with this one any command that fails ends it.
        const nowhere = { DROVER_SPOOL: join(here.root, "no", "where"), SHELLOPTS: "errexit" }
        expect(yield* Effect.promise(() => here.call(shell, ["Stop"], "x".repeat(300_000), nowhere))).toEqual(silent)
        expect(existsSync(join(here.root, "no"))).toBe(false)
        // What has the spool's name is no folder.
        const file = { DROVER_SPOOL: here.hook }
        expect(yield* Effect.promise(() => here.call(shell, ["Stop"], "{}", file))).toEqual(silent)
      }
    })
)

plainly("ING-1 the hooks of the program are those that drover knows", () => {
  const [, listed = ""] = /^ {2}(SessionStart[^)]*)\)$/m.exec(HookScript.text("/spool")) ?? []
  expect(listed.split(" | ")).toEqual([...hookNames])
  expect(hookNames.every(isHookName)).toBe(true)
  fc.assert(fc.property(fc.string(), (text) => isHookName(text) === hookNames.some((name) => name === text)))
})

it.scoped(
  "ING-1 installing writes the program and the spool for their owner alone, once, and again only where they differ",
  () =>
    Effect.gen(function* () {
      const { root } = yield* site
      const places = { hook: join(root, "new/hook"), spool: join(root, "new/spool") }
      const install = HookScript.install(places)
      yield* install
      const first = statSync(places.hook)
      expect(first.mode & 0o777).toBe(0o700)
      expect(statSync(places.spool).mode & 0o777).toBe(0o700)
      yield* install
      expect(statSync(places.hook).ino).toBe(first.ino)

      const target = join(root, "target")
      writeFileSync(target, HookScript.text(places.spool), { mode: 0o700 })
      const spoiled: ReadonlyArray<() => void> = [
        () => writeFileSync(places.hook, `${HookScript.text(places.spool)}\n`),
        () => writeFileSync(places.hook, HookScript.text(places.spool).replace("Stop", "Stoq")),
        () => chmodSync(places.hook, 0o755),
        () => {
          rmSync(places.hook)
          symlinkSync(target, places.hook)
        }
      ]
      for (const spoil of spoiled) {
        spoil()
        yield* install
        expect(lstatSync(places.hook).isFile()).toBe(true)
        expect(statSync(places.hook).mode & 0o777).toBe(0o700)
        expect(readFileSync(places.hook, "utf8")).toBe(HookScript.text(places.spool))
        expect(readdirSync(join(root, "new")).toSorted()).toEqual(["hook", "spool"])
      }
      expect(yield* Effect.promise(() => run([places.hook, "Stop"], "{}"))).toEqual(silent)
      expect(readdirSync(places.spool)).toHaveLength(1)

      rmSync(places.hook)
      const mask = process.umask(0o177)
      yield* Effect.ensuring(
        install,
        Effect.sync(() => process.umask(mask))
      )
      expect(statSync(places.hook).mode & 0o777).toBe(0o700)

      rmSync(places.hook)
      mkdirSync(join(places.hook, "x"), { recursive: true })
      expect(yield* Effect.flip(install)).toMatchObject({ _tag: "HookScriptUnwritable", path: places.hook })
      expect(readdirSync(join(root, "new")).toSorted()).toEqual(["hook", "spool"])
      const file = { hook: places.hook, spool: target }
      expect(yield* Effect.flip(HookScript.install(file))).toMatchObject({ _tag: "HookScriptUnwritable", path: target })
    })
)
