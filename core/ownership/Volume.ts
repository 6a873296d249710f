/**
 * The filesystem that holds a path, put together from what `df` and the list of mounts say of it.
 */
import { classifyDevice } from "./Device.ts"
import * as DiskFree from "./DiskFree.ts"
import type { Filesystem } from "./Evidence.ts"
import { holding, type Mount } from "./Mounts.ts"

export interface Volume {
  readonly filesystem: Filesystem
  /** Null where nobody could tell. */
  readonly source: string | null
  readonly fstype: string | null
}

export const unknown: Volume = { filesystem: "Unknown", source: null, fstype: null }

const upperOption = "upperdir="

/** What an overlay writes to lies elsewhere; where that is seen from here, it decides. */
const ofMount = (source: string, mount: Mount, mounts: ReadonlyArray<Mount>): Filesystem => {
  const own = classifyDevice(source, mount.fstype)
  const upper = mount.fstype === "overlay" ? mount.options.find((option) => option.startsWith(upperOption)) : undefined
  if (upper === undefined || own !== "Local") return own
  const others = mounts.filter((other) => other !== mount)
  const below = holding(others, upper.slice(upperOption.length))
  // From inside a container the path leads nowhere: only the container's own root seems to hold it.
  return below === undefined || mount.point === "/" ? own : ofMount(below.source, below, others)
}

/**
 * `path` absolute and without links, `diskFree` what `df -P` printed for it, `mounts` null where there is no list of
 * them. The two must speak of the same mount; if not, nothing is known.
 */
export const examine = (path: string, diskFree: string, mounts: ReadonlyArray<Mount> | null): Volume => {
  const found = DiskFree.parse(diskFree)
  if (found === null) return unknown
  const { mountPoint, source } = found
  if (mounts === null) return { filesystem: classifyDevice(source), source, fstype: null }
  const mount = holding(mounts, path)
  if (mount === undefined || (mount.source !== source && mount.point !== mountPoint)) return unknown
  return { filesystem: ofMount(source, mount, mounts), source, fstype: mount.fstype }
}
