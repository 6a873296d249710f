/** Prometheus as Debian packs it, where it is installed: `.ci/run` has it in the path. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { freePort } from "../cli/Port.ts"

export const docs = resolve(import.meta.dirname, "../../../docs")

const isThere = (program: string): boolean => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0

/** Why specs of the real thing are not run, or null. */
export const missing = (): string | null => {
  const gone = ["promtool", "prometheus"].filter((program) => !isThere(program))
  return gone.length === 0 ? null : `not run, for it is not installed: ${gone.join(", ")} (Debian's package prometheus)`
}

/** What promtool says, and that it is content. */
export const promtool = (
  args: ReadonlyArray<string>,
  input = ""
): { readonly status: number | null; readonly said: string } => {
  const { status, stderr, stdout } = spawnSync("promtool", args, { cwd: docs, input, encoding: "utf8" })
  return { status, said: `${stdout}${stderr}` }
}

export interface Monitor {
  /** What the server answers under that path of its API; throws where it does not answer with success. */
  readonly ask: (path: string) => Promise<unknown>
  readonly stop: () => Promise<void>
}

/** The configuration of the documents, for a supervisor of a spec. */
export const configuration = async (port: number, token: string): Promise<string> => {
  const text = await readFile(join(docs, "prometheus.yml"), "utf8")
  return text
    .replaceAll("127.0.0.1:4711", `127.0.0.1:${port}`)
    .replace("/home/you/.local/state/drover/token", token)
    .replace("drover.rules.yml", join(docs, "drover.rules.yml"))
    .replaceAll("_interval: 15s", "_interval: 1s")
}

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, "exit")
  child.kill("SIGKILL")
  await ended
}

/** A server on a port of its own, in a folder of its own. */
export const start = async (port: number, token: string): Promise<Monitor> => {
  const folder = await mkdtemp(join(tmpdir(), "drover-prometheus-"))
  const config = join(folder, "prometheus.yml")
  await writeFile(config, await configuration(port, token))
  const own = await freePort()
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=127.0.0.1:${own}`
  ]
  const child = spawn("prometheus", flags, { stdio: "ignore" })
  return {
    ask: async (path) => {
      const response = await fetch(`http://127.0.0.1:${own}/api/v1/${path}`)
      const answer: unknown = await response.json()
      if (typeof answer === "object" && answer !== null && "status" in answer && answer.status === "success") {
        return "data" in answer ? answer.data : null
      }
      throw new Error(`${path}: ${JSON.stringify(answer)}`)
    },
    stop: async () => {
      await end(child)
      await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    }
  }
}
