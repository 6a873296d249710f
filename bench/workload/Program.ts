/** The built program, started as a person starts it, and how long that takes. */
import { spawnSync } from "node:child_process"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { repository } from "../harness/Bundle.ts"
import { median } from "../harness/Statistics.ts"

/** What `bin` names. */
export const program = join(repository, "dist", "bin", "drover.cjs")

/** Starts of one sample: their median is the sample. */
const starts = 5

/** Milliseconds from before the start until the process is gone; its output goes nowhere. */
const startOnce = (args: ReadonlyArray<string>, env: Record<string, string>, input: string | null): number => {
  const begun = performance.now()
  const { error, signal, status, stderr } = spawnSync(process.execPath, args, {
    env,
    stdio: [input === null ? "ignore" : "pipe", "ignore", "pipe"],
    ...(input !== null && { input })
  })
  const took = performance.now() - begun
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${signal ?? status}: ${stderr.toString()}`)
  return took
}

/** `input`: what it finds on standard input; null: nothing. */
export const start = (args: ReadonlyArray<string>, env: Record<string, string>, input: string | null = null): number =>
  median(Array.from({ length: starts }, () => startOnce(args, env, input)))

/** What a run of drover prints. */
export const output = (args: ReadonlyArray<string>, env: Record<string, string>): string => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [program, ...args], {
    env,
    encoding: "utf8",
    maxBuffer: 1 << 28
  })
  if (status !== 0) throw new Error(`drover ${args.join(" ")} ended with ${status}: ${stderr}`)
  return stdout
}

/** Node's own modules that a run loads, its bundle's code aside. */
export const modulesLoaded = (
  args: ReadonlyArray<string>,
  env: Record<string, string>,
  directory: string,
  input = ""
): number => {
  const hook = join(directory, "modules.cjs")
  const report = `require("node:fs").writeSync(2, "modules " + process.moduleLoadList.length)`
  writeFileSync(hook, `process.on("exit", () => ${report})`)
  const { stderr } = spawnSync(process.execPath, ["-r", hook, program, ...args], { env, encoding: "utf8", input })
  const count = /modules (\d+)$/.exec(stderr)?.[1]
  if (count === undefined) throw new Error(`drover ${args.join(" ")} did not end by itself: ${stderr}`)
  return Number(count)
}

/** Bytes of the program's one file. */
export const bundleBytes = (): number => statSync(join(dirname(program), "cli.cjs")).size

/** What a process holds in memory now (its resident set), in MB. */
export const residentMegabytes = (pid: number): number => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]
  if (kilobytes === undefined) throw new Error(`process ${pid} is gone`)
  return Number(kilobytes) / 1024
}
