/**
 * The process table from `ps`, where there is no `/proc` (macOS, BSD): the same promises at a second's resolution.
 */
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import * as Either from "effect/Either"
import type { ProcessEntry } from "./ProcessTable.ts"
import { columns, environmentColumns, parse, parseBootTime } from "./PsListing.ts"
import { killIfSame, type TableReader } from "./TableReader.ts"

const execute = promisify(execFile)

/** In the C locale and UTC, so that a start time reads the same whatever the user's settings become. */
const run = async (file: string, args: ReadonlyArray<string>): Promise<string> => {
  const env = { PATH: "/bin:/usr/bin:/sbin:/usr/sbin", LC_ALL: "C", TZ: "UTC" }
  return (await execute(file, args, { env, maxBuffer: 256 * 1024 * 1024, timeout: 10_000 })).stdout
}

/** Darwin's ps has -E for the environment, the others a BSD-style e. */
const environmentArgs = (): ReadonlyArray<string> =>
  process.platform === "darwin" ? ["-axEwwo", environmentColumns] : ["axeww", "-o", environmentColumns]

const right = <A>(either: Either.Either<A, string>, what: string): A =>
  Either.getOrThrowWith(either, (text) => new Error(`${what} is not understood: ${JSON.stringify(text.slice(0, 200))}`))

const read = async (): Promise<ReadonlyArray<ProcessEntry>> => {
  const listing = await run("ps", ["-axwwo", columns])
  // Second, so that every process of the first listing that still lives is in it.
  const found = right(parse(listing, await run("ps", environmentArgs())), "a line of ps")
  if (!found.some((entry) => entry.pid === process.pid)) throw new Error("ps does not show this very process")
  return found
}

const look = async (pid: number): Promise<ProcessEntry | undefined> => {
  // ps exits with 1, and prints nothing, when there is no such process.
  const text = await run("ps", ["-wwo", columns, "-p", String(pid)]).catch((cause: unknown) => {
    if (typeof cause === "object" && cause !== null && "code" in cause && cause.code === 1) return ""
    throw cause
  })
  return right(parse(text, ""), "a line of ps").find((entry) => entry.pid === pid)
}

/** `kern.bootsessionuuid` where there is one, since `kern.boottime` follows corrections of the clock. */
export const readBootId = async (): Promise<string> => {
  const session = (await run("sysctl", ["-n", "kern.bootsessionuuid"]).catch(() => "")).trim()
  return session === "" ? right(parseBootTime(await run("sysctl", ["-n", "kern.boottime"])), "kern.boottime") : session
}

export const reader: TableReader = {
  read,
  look,
  signal: async (process, signal, target) => killIfSame(process, await look(process.pid), signal, target)
}
