/** A server that is started for one sample, on a port and with data of its own, and stopped by its process. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { createServer } from "node:net"
import { setTimeout as delay } from "node:timers/promises"

/** A port of this machine that nobody listens on at the moment. */
export const freePort = async (): Promise<number> => {
  const server = createServer()
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  if (address === null || typeof address === "string") throw new Error("the system gave no port")
  return address.port
}

export interface Running {
  readonly pid: number
  readonly port: number
  readonly stop: () => Promise<void>
}

const limitMs = 30_000

/** Lets the system end the server with the sample, however that ends. */
const withParent = (command: string, args: ReadonlyArray<string>): readonly [string, ReadonlyArray<string>] =>
  existsSync("/usr/bin/setpriv")
    ? ["/usr/bin/setpriv", ["--pdeathsig", "KILL", "--", command, ...args]]
    : [command, args]

/** Starts it and waits until `isReady` answers; fails with what it said when it ends before. */
export const start = async (
  command: string,
  args: ReadonlyArray<string>,
  options: { readonly cwd: string; readonly env: Record<string, string>; readonly uid?: number; readonly gid?: number },
  port: number,
  isReady: (port: number) => boolean | Promise<boolean>
): Promise<Running> => {
  const [program, words] = withParent(command, args)
  const child: ChildProcess = spawn(program, [...words], { ...options, stdio: ["ignore", "pipe", "pipe"] })
  let said = ""
  const listen = (chunk: Buffer): void => {
    said = `${said}${chunk.toString()}`.slice(-2000)
  }
  child.stdout?.on("data", listen)
  child.stderr?.on("data", listen)
  let isGone = false
  const gone = new Promise<void>((resolve) => {
    const end = (): void => {
      isGone = true
      resolve()
    }
    child.once("exit", end)
    child.once("error", (error) => {
      said += error.message
      end()
    })
  })
  const stop = async (): Promise<void> => {
    // Both end at that once their clients are gone, with their data whole.
    child.kill("SIGTERM")
    const timer = setTimeout(() => child.kill("SIGKILL"), limitMs)
    await gone
    clearTimeout(timer)
  }
  const deadline = performance.now() + limitMs
  while (!(await isReady(port))) {
    if (isGone) throw new Error(`${command} ended: ${said}`)
    if (performance.now() > deadline) {
      await stop()
      throw new Error(`${command} does not answer: ${said}`)
    }
    await delay(20)
  }
  return { pid: child.pid ?? 0, port, stop }
}
