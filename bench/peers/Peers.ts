/** What the peers of a run need, made ready once: packages installed, servers found or unpacked. */
import { chmodSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import * as Debian from "./Debian.ts"
import * as Packages from "./Packages.ts"
import type { Need } from "./Peer.ts"

export interface Ready {
  readonly directory: string
  /** Why something is not there. */
  readonly lacks: ReadonlyMap<Need, string>
}

/** Never fails: what can not be had is told. */
export const prepare = (root: string, needs: ReadonlySet<Need>, onNeed: (need: Need) => void): Ready => {
  const directory = join(root, "peers")
  mkdirSync(directory)
  // PostgreSQL does not run as root: whom it runs as must get to its data.
  chmodSync(root, 0o711)
  const lacks = new Map<Need, string>()
  for (const need of needs) {
    onNeed(need)
    const why = Packages.isPackaged(need) ? Packages.install(directory, need) : Debian.provide(directory, need)
    if (why !== null) lacks.set(need, why)
  }
  return { directory, lacks }
}
