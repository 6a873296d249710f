/** What `drover doctor` says of the machine: Node.js, the system, what a process may use, and the clock. */
import { readFile } from "node:fs/promises"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { defaults } from "../../../core/policy/Policy.ts"
import { Store } from "../../store/Store.ts"
import { Processes } from "../../process/Processes.ts"
import * as Moment from "../../view/Moment.ts"
import * as Services from "../Services.ts"
import * as Size from "../Size.ts"
import { advisory, bad, type Check, good, skipped } from "./Check.ts"
import * as Running from "./Running.ts"

/** The oldest Node.js that drover is tested with (package.json, engines). */
const oldestNode = 20

export const node = Effect.sync((): Check => {
  const [major = 0] = process.versions.node.split(".").map(Number)
  return major >= oldestNode
    ? good("node", `${process.version}, ${process.execPath}`)
    : bad("node", `${process.version}, ${process.execPath}`, `install Node.js ${oldestNode} or newer`)
})

export const platform = Effect.sync((): Check => {
  const text = `${process.platform} ${process.arch}`
  return ["linux", "darwin"].includes(process.platform)
    ? good("platform", text)
    : advisory("platform", `${text}: drover is made for Linux and macOS`, "run it on Linux (WSL is one) or macOS")
})

/** Numbers of `/proc/PID/limits` (proc(5)): the soft limit, Infinity for none; undefined where it is not there. */
const limitOf = (text: string, title: string): number | undefined => {
  const [, soft] = new RegExp(`^${title} +(\\S+)`, "m").exec(text) ?? []
  return soft === undefined ? undefined : soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft)
}

/** By the kernel's own files; null where there are none, as on macOS. */
const read = (path: string): Effect.Effect<string | null> =>
  Effect.promise(() => readFile(path, "utf8").catch(() => null))

/**
 * The least of `memory.max` from a process's cgroup up to the root (cgroup v2), in bytes; null where nothing is set.
 */
const memoryLimit = (pid: number | "self"): Effect.Effect<number | null> =>
  Effect.gen(function* () {
    const text = (yield* read(`/proc/${pid}/cgroup`)) ?? ""
    const [, path] = /^0::(\/.*)$/m.exec(text) ?? []
    if (path === undefined) return null
    const parts = path.split("/").filter((part) => part !== "")
    let least: number | null = null
    for (let count = parts.length; count >= 0; count--) {
      const folder = ["/sys/fs/cgroup", ...parts.slice(0, count)].join("/")
      const limit = Number((yield* read(`${folder}/memory.max`))?.trim())
      if (Number.isFinite(limit) && (least === null || limit < least)) least = limit
    }
    return least
  })

/** A supervisor has some twenty of its own, and a verifier or an agent that is started, or read, has a few. */
const leastFiles = (atOnce: number): number => 128 + 8 * atOnce

/** The vendors' programs have some ten threads each, and each command that they run is a process more. */
const leastTasks = (atOnce: number): number => 256 + 64 * atOnce

/** Below half a gigabyte for each agent, and as much for drover, the vendors' programs are ended by the kernel soon. */
const leastMemory = (agents: number): number => 512 * 1024 * 1024 * (agents + 1)

/** Of the supervisor where one runs, for that is who starts agents; else of this process. */
export const limits = Effect.gen(function* () {
  const policy = yield* Effect.orElseSucceed(Services.policy, () => defaults)
  const running = yield* Running.pid
  const pid = running ?? "self"
  const text = yield* read(`/proc/${pid}/limits`)
  if (text === null) return skipped("limits", "this system does not say them in /proc", "see ulimit -a")
  const files = limitOf(text, "Max open files")
  const tasks = limitOf(text, "Max processes")
  const memory = yield* memoryLimit(pid)
  const atOnce = policy.maxConcurrent + policy.maxVerifiers
  const count = (value: number | undefined) =>
    value === undefined ? "unknown" : Number.isFinite(value) ? String(value) : "unlimited"
  const detail = [
    `of ${running === null ? "this shell" : `the supervisor, process ${running}`}`,
    `open files ${count(files)}`,
    `processes ${count(tasks)}`,
    `memory ${memory === null ? "unlimited" : Size.short(memory)}`
  ].join(", ")
  const low = [
    ...(files !== undefined && files < leastFiles(atOnce)
      ? [`raise the limit of open files to ${leastFiles(atOnce)} (ulimit -n, LimitNOFILE=)`]
      : []),
    ...(tasks !== undefined && tasks < leastTasks(atOnce)
      ? [`raise the limit of processes to ${leastTasks(atOnce)} (ulimit -u, TasksMax=)`]
      : []),
    ...(memory !== null && memory < leastMemory(policy.maxConcurrent)
      ? [`give it ${Size.short(leastMemory(policy.maxConcurrent))} of memory (MemoryMax=), or lower max_concurrent`]
      : [])
  ]
  return low.length === 0
    ? good("limits", detail)
    : advisory(
        "limits",
        `${detail}: little for ${policy.maxConcurrent} agents at once`,
        `${low.join("; ")}; of a unit by systemctl --user edit`
      )
})

/** What two clocks that are in step may differ by, and nobody mind. */
const leewayMs = 5000

/** A moment that is stored and has not come yet: the clock was set back, or the store is another machine's. */
export const clock = Effect.gen(function* () {
  const { bootId } = yield* Processes
  const now = yield* Clock.currentTimeMillis
  const text = `${Moment.iso(now)}, boot ${bootId.slice(0, 8)}`
  const stored = yield* Services.ifStored(
    Effect.gen(function* () {
      const store = yield* Store
      const supervisor = Option.getOrNull(yield* store.supervisor)
      const last =
        supervisor === null ? 0 : Math.max(supervisor.startedAt, supervisor.heartbeatAt, supervisor.endedAt ?? 0)
      const notes = yield* store.guards
      return Math.max(last, ...notes.map(({ at }) => at))
    })
  ).pipe(Effect.orElseSucceed(() => Option.none()))
  const ahead = Option.getOrElse(stored, () => 0) - now
  return ahead <= leewayMs
    ? good("clock", text)
    : advisory(
        "clock",
        `${text}: what is stored last is ${Moment.length(ahead)} ahead of it, so it was set back`,
        "set the clock (timedatectl set-ntp true); waits that were begun before end that much later"
      )
})
