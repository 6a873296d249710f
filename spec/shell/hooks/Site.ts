/** A state directory of its own with a spool and the program that hooks run, and the shells of this machine to run it. */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as HookScript from "../../../shell/hooks/HookScript.ts"

/** By its path: some specs give no PATH to find it in. */
const pathOf = (command: string): string =>
  execFileSync("sh", ["-c", 'command -v "$0" || true', command], { encoding: "utf8" }).trim()

/** `sh` is bash on some systems: what it does under that name differs from what it does under its own. */
export const shells: ReadonlyArray<ReadonlyArray<string>> = [["sh"], ["dash"], ["bash", "--posix"], ["busybox", "sh"]]
  .map(([command = "", ...args]) => [pathOf(command), ...args])
  .filter(([path]) => path !== "")

interface Called {
  readonly code: number | null
  readonly said: string
}

export interface Site {
  readonly root: string
  readonly spool: string
  readonly hook: string
  /** Runs the program with nothing but that environment. */
  readonly call: (
    shell: ReadonlyArray<string>,
    args: ReadonlyArray<string>,
    input: string | Uint8Array,
    environment?: Readonly<Record<string, string>>
  ) => Promise<Called>
  readonly names: () => ReadonlyArray<string>
}

/** Runs a program to its end. */
export const run = async (
  [command = "", ...args]: ReadonlyArray<string>,
  input: string | Uint8Array,
  env: Readonly<Record<string, string>> = {}
): Promise<Called> => {
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "pipe"] })
  let said = ""
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text))
  // The hook must read everything: what breaks the write of an agent is told.
  child.stdin.on("error", (error) => (said += String(error))).end(input)
  await once(child, "close")
  return { code: child.exitCode, said }
}

/** The folder's name has what a shell could trip over. */
const make = (): Site => {
  const root = mkdtempSync(join(tmpdir(), "drover-hook-"))
  const state = join(root, `it's "a" $state; \`x\` *\n`)
  const spool = join(state, "spool")
  const hook = join(state, "hook")
  mkdirSync(spool, { recursive: true })
  writeFileSync(hook, HookScript.text(spool))
  chmodSync(hook, 0o700)
  return {
    root,
    spool,
    hook,
    call: (shell, args, input, environment) => run([...shell, hook, ...args], input, environment),
    names: () => readdirSync(spool).toSorted()
  }
}

export const site: Effect.Effect<Site, never, Scope.Scope> = Effect.acquireRelease(Effect.sync(make), ({ root }) =>
  Effect.sync(() => rmSync(root, { recursive: true, force: true }))
)
