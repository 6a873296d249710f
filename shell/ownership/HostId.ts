/**
 * The machine's own id, by which it is known again under another name: `/etc/machine-id` (Linux, FreeBSD) or the
 * hardware's UUID (macOS). Names alone come and go with a DHCP lease.
 */
import { execFile } from "node:child_process"
import { createHmac } from "node:crypto"
import { readFile, readlink } from "node:fs/promises"
import { promisify } from "node:util"
import * as Effect from "effect/Effect"

const files = ["/etc/machine-id", "/var/lib/dbus/machine-id"]

/** machine-id(5): 32 hexadecimal digits; `uninitialized` while a system is first started. */
export const ofFile = (text: string): string | null => {
  const id = text.trim().toLowerCase()
  return /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id) ? id : null
}

/** What `ioreg -rd1 -c IOPlatformExpertDevice` prints. */
export const ofRegistry = (text: string): string | null =>
  /"IOPlatformUUID"\s*=\s*"([0-9A-Fa-f-]{36})"/.exec(text)?.[1]?.toLowerCase() ?? null

/** PROC_PID_INIT_INO of the kernel: the namespace of all pids, which no container has. */
const initialNamespace = "pid:[4026531836]"

/** Images are copied with their machine id in them, so that in a container it tells nothing. */
const isContainer = async (): Promise<boolean> =>
  process.platform === "linux" && (await readlink("/proc/self/ns/pid")) !== initialNamespace

/** machine-id(5) asks that the id itself be shown nowhere; what is kept tells machines apart as well. */
const hidden = (id: string): string => createHmac("sha256", id).update("drover").digest("hex").slice(0, 32)

const find = async (): Promise<string | null> => {
  if (process.platform === "darwin") {
    const args = ["-rd1", "-c", "IOPlatformExpertDevice"]
    return ofRegistry((await promisify(execFile)("/usr/sbin/ioreg", args, { timeout: 3000 })).stdout)
  }
  if (await isContainer()) return null
  for (const file of files) {
    const id = ofFile(await readFile(file, "utf8").catch(() => ""))
    if (id !== null) return id
  }
  return null
}

/** Null where there is none, or none that can be relied on: then the machine is known by its name. */
export const read: Effect.Effect<string | null> = Effect.tryPromise(find).pipe(
  Effect.map((id) => (id === null ? null : hidden(id))),
  Effect.orElseSucceed(() => null)
)
