/**
 * Whether what a filesystem is mounted from is a disk of this machine. Local is what must be proved: a name that is not
 * known proves nothing.
 */
import type { Filesystem } from "./Evidence.ts"

/** Automounter maps, and devices behind which a network may be. */
const isUnknown = (source: string): boolean =>
  source === "" || /^map(?:\s|$)/.test(source) || /^\/dev\/(?:fuse$|drbd|nbd|rbd)/.test(source)

/** `//host/share`, `host:/path`, `[v6]:/path`, `user@host:/path`, `a,b:/path`, `https://host/path`. */
const isRemoteSource = (source: string): boolean => source.startsWith("//") || /^[^/]*:\//.test(source)

/** What any program can stand behind (fuse) is remote too. */
const isRemoteType = (fstype: string): boolean =>
  /^(?:nfs|smb)|fuse/.test(fstype) || ["cifs", "afpfs", "9p", "ceph", "glusterfs", "webdav"].includes(fstype)

/** The names that Linux, macOS and FreeBSD give to disks, their partitions and what they are joined or encrypted to. */
const disk = new RegExp(
  `^/dev/(?:${[
    "(?:[hsv]|xv|das)d[a-z]+\\d*",
    "(?:nvme\\d+n|mmcblk|loop|md|zd|bcache|pmem)\\d+(?:p\\d+)?",
    "dm-\\d+",
    "(?:mapper|md)/.+",
    "disk\\d+(?:s\\d+)*",
    "(?:ada|da|nda|nvd|vtbd|mmcsd)\\d+(?:[ps]\\d+[a-h]?)?"
  ].join("|")})$`
)

/** Filesystems that one machine has to itself. */
const diskTypes: ReadonlyArray<string> = ["ext2", "ext3", "ext4", "xfs", "btrfs", "apfs", "hfs", "f2fs"]

const isLocal = (source: string, fstype: string | undefined): boolean => {
  if (fstype === undefined) return disk.test(source)
  switch (fstype) {
    case "zfs":
      return !source.startsWith("/") || disk.test(source)
    // The kernel takes no network filesystem for the upper layer, since none can hold what it keeps there.
    case "overlay":
      return true
    default:
      // What the kernel calls /dev/root may also be a network's: only its type tells.
      return diskTypes.includes(fstype) && (source === "/dev/root" || disk.test(source))
  }
}

/** `source` as `df -P` prints it; the type of the filesystem where it is known. */
export const classifyDevice = (source: string, fstype?: string): Filesystem => {
  if (isUnknown(source)) return "Unknown"
  if (isRemoteSource(source) || (fstype !== undefined && isRemoteType(fstype))) return "Remote"
  return isLocal(source, fstype) ? "Local" : "Unknown"
}
