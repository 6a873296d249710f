/** Redis with an append-only file on the disk under test, synced at every write or once a second. */
import { spawnSync } from "node:child_process"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import * as Debian from "./Debian.ts"
import type { Site } from "./Peer.ts"
import { freePort, type Running, start } from "./Server.ts"

export type Syncs = "always" | "everysec"

/** What its client prints. */
const answer = (peers: string, port: number, words: ReadonlyArray<string>): string => {
  const { stdout } = spawnSync(
    join(Debian.binOf(peers, "redis") ?? "", "redis-cli"),
    ["-h", "127.0.0.1", "-p", `${port}`, ...words],
    { env: Debian.environmentOf(peers, "redis"), encoding: "utf8" }
  )
  return stdout.trim()
}

export const open = async ({ directory, peers }: Site, syncs: Syncs): Promise<Running> => {
  const bin = Debian.binOf(peers, "redis")
  if (bin === null) throw new Error("there is no redis-server")
  const data = join(directory, "redis")
  mkdirSync(data, { recursive: true })
  const env = Debian.environmentOf(peers, "redis")
  const port = await freePort()
  const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", data, "--save", "", "--daemonize", "no"]
  return start(
    join(bin, "redis-server"),
    [...options, "--appendonly", "yes", "--appendfsync", syncs, "--maxmemory-policy", "noeviction"],
    { cwd: data, env },
    port,
    () => answer(peers, port, ["PING"]) === "PONG"
  )
}

/** Bytes that its data take in memory. */
export const usedMemory = (peers: string, port: number): number =>
  Number(/^used_memory:(\d+)/m.exec(answer(peers, port, ["INFO", "memory"]))?.[1] ?? Number.NaN)
