import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { classifyDevice } from "../../../core/ownership/Device.ts"

const disks = [
  ["sda", "sda1", "sdaa12", "hdb3", "vda", "vda1", "xvda1", "dasda1"],
  ["nvme0n1", "nvme0n1p2", "mmcblk0p2", "loop0", "md0", "md127p1", "dm-3", "zd16", "bcache0", "pmem0p1"],
  ["mapper/vg-root", "mapper/luks-0c1d-22", "md/home", "disk3s5", "disk1", "disk3s1s1"],
  ["ada0p2", "da0s1a", "nda0p1", "vtbd0p2"]
].flatMap((names) => names.map((name) => `/dev/${name}`))
const diskTypes = ["ext2", "ext3", "ext4", "xfs", "btrfs", "apfs", "hfs", "f2fs"]
const datasets = ["tank", "tank/data", "zroot/ROOT/default", "rpool/data:1"]

const remoteSources = [
  ["//fileserver/share", "//user@host/My Share", "nas:/exports/data", "10.0.0.5:/vol", "host:/"],
  ["[fe80::1]:/x", "[2001:db8::7]:/a/b", "user@h:/p", "a,b:/ceph", ":/", "https://dav.example.org/files"]
].flat()
const remoteTypes = [
  ["nfs", "nfs4", "cifs", "smbfs", "smb3", "afpfs", "9p", "ceph", "glusterfs", "webdav"],
  ["fuse", "fuse.sshfs", "fuse.s3fs", "fuseblk", "fuse.gcsfuse", "macfuse", "osxfuse"]
].flat()
const unknownSources = [
  ["", "map", "map auto_home", "map -hosts", "/dev/fuse", "/dev/drbd0", "/dev/drbd/by-res/r0", "/dev/nbd0p1"],
  ["/dev/rbd0", "/dev/rbd/pool/image"]
].flat()
/** Nothing is known of them, so nothing is proved. */
const others = [
  ["devfs", "devtmpfs", "rootfs", "none", "udev", "C:\\", "s3fs", "vboxsf", "grpcfuse", "drvfs", "UUID=12-3"],
  ["/dev/", "/dev", "/dev/null", "/dev/etherd/e0.0", "/dev/sd", "/dev/sda1/x", "/dev/mapper/", " /dev/sda1"],
  ["/dev/root", "/srv/bind", "/", "sda1", "dev/sda1", "overlay", "tank/data", "x:y"]
].flat()
const otherTypes = ["", "vfat", "ntfs3", "gfs2", "ocfs2", "lustre", "gpfs", "squashfs", "devtmpfs", "EXT4", "ext4 "]

const anySource = fc.oneof(
  fc.constantFrom(...disks, ...datasets, ...remoteSources, ...unknownSources, ...others, "tmpfs"),
  fc.string(),
  fc.string().map((name) => `/dev/${name}`)
)
const anyType = fc.oneof(
  fc.constantFrom(...diskTypes, ...remoteTypes, ...otherTypes, "zfs", "overlay", "tmpfs", undefined),
  fc.string()
)

describe("whether a filesystem is this machine's own", () => {
  it("OWN-8 a disk is local without a word of its type, and with the type of a disk's filesystem", () => {
    for (const disk of disks) {
      expect([disk, classifyDevice(disk)]).toEqual([disk, "Local"])
      for (const type of diskTypes) expect(classifyDevice(disk, type)).toBe("Local")
    }
  })

  it("OWN-8 a dataset is local by the type zfs alone, an overlay by its type, and /dev/root by a disk's type", () => {
    for (const dataset of datasets) {
      expect(classifyDevice(dataset)).toBe("Unknown")
      expect(classifyDevice(dataset, "zfs")).toBe("Local")
      expect(classifyDevice(dataset, "ext4")).toBe("Unknown")
    }
    expect(classifyDevice("overlay", "overlay")).toBe("Local")
    expect(classifyDevice("/srv/bind", "zfs")).toBe("Unknown")
    expect(classifyDevice("/dev/root", "ext4")).toBe("Local")
    expect(classifyDevice("/dev/root", "nfs")).toBe("Remote")
  })

  it("OWN-8 a share is remote whatever its type, and a network's or a program's type whatever is mounted", () => {
    for (const source of remoteSources) {
      expect([source, classifyDevice(source)]).toEqual([source, "Remote"])
      for (const type of [...diskTypes, ...otherTypes, "zfs", "overlay"]) {
        expect(classifyDevice(source, type)).toBe("Remote")
      }
    }
    for (const type of remoteTypes) {
      for (const source of [...disks, ...datasets, ...others, ...remoteSources, "tmpfs"]) {
        expect([source, type, classifyDevice(source, type)]).toEqual([source, type, "Remote"])
      }
    }
  })

  it("OWN-8 what a network may be behind is unknown before anything else is asked", () => {
    for (const source of unknownSources) {
      for (const type of [undefined, ...diskTypes, ...remoteTypes, ...otherTypes, "zfs", "overlay"]) {
        expect(classifyDevice(source, type)).toBe("Unknown")
      }
    }
    expect(classifyDevice("tmpfs")).toBe("Unknown")
    expect(classifyDevice("tmpfs", "tmpfs")).toBe("Unknown")
  })

  it("OWN-8 a source or a type that is not known proves nothing", () => {
    for (const source of others) expect([source, classifyDevice(source)]).toEqual([source, "Unknown"])
    for (const type of otherTypes) for (const disk of disks) expect(classifyDevice(disk, type)).toBe("Unknown")
  })

  it("OWN-8 of all sources and types whatsoever, local is only a disk, a dataset or an overlay", () => {
    fc.assert(
      fc.property(anySource, anyType, (source, type) => {
        if (classifyDevice(source, type) !== "Local") return
        if (type === "overlay") return
        if (type === "zfs") expect(source).not.toMatch(/^\/(?!dev\/)/)
        else {
          expect(source).toMatch(/^\/dev\/[a-z]/)
          expect([undefined, ...diskTypes]).toContain(type)
        }
      })
    )
  })
})
