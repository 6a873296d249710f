/** PostgreSQL with its own defaults, fsync among them, on data of its own. It refuses to run as root. */
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, chownSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import * as Debian from "./Debian.ts"
import type { Site } from "./Peer.ts"
import { freePort, type Running, start } from "./Server.ts"

interface Account {
  readonly uid: number
  readonly gid: number
}

/** Whom it runs as: whoever runs this, or instead of root somebody without rights. */
const account = (): Account | null => {
  if (process.getuid?.() !== 0) return null
  const idOf = (kind: string): number => Number(execFileSync("id", [kind, "nobody"], { encoding: "utf8" }))
  return { uid: idOf("-u"), gid: idOf("-g") }
}

const user = "bench"

export const urlOf = ({ port }: Running): string => `postgresql://${user}@127.0.0.1:${port}/postgres`

export const open = async ({ directory, peers }: Site): Promise<Running> => {
  const bin = Debian.binOf(peers, "postgresql")
  if (bin === null) throw new Error("there is no postgres")
  const data = join(directory, "postgresql")
  mkdirSync(data, { recursive: true })
  const as = account()
  if (as !== null) {
    // Somebody else has to get there.
    chmodSync(directory, 0o711)
    chownSync(data, as.uid, as.gid)
  }
  const env = Debian.environmentOf(peers, "postgresql")
  const options = { cwd: data, env, ...as }
  const { status, stderr } = spawnSync(
    join(bin, "initdb"),
    ["-D", data, "-U", user, "--auth=trust", "--no-locale", "--encoding=UTF8"],
    { ...options, encoding: "utf8" }
  )
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`)
  const port = await freePort()
  const args = ["-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-k", data, "-c", "shared_buffers=512MB"]
  const ready = (at: number): boolean =>
    spawnSync(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", `${at}`], { env, stdio: "ignore" }).status === 0
  return start(join(bin, "postgres"), args, options, port, ready)
}
