/** The filesystem of a path, from texts as the real programs print them, and from texts that no program prints. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as DiskFree from "../../../core/ownership/DiskFree.ts"
import * as Mounts from "../../../core/ownership/Mounts.ts"
import { examine } from "../../../core/ownership/Volume.ts"

const heading = "Filesystem     1024-blocks     Used Available Capacity Mounted on"
const df = (source: string, point: string): string => `${heading}\n${source} 264212084 24136568 82254344 23% ${point}\n`

/** What is said where nothing is proved. */
const unknown = { filesystem: "Unknown", source: null, fstype: null }

/** A path that reads as one in both texts: absolute, and no blank at an end of a part. */
const part = fc.stringMatching(/^[A-Za-z0-9._\\#-](?:[A-Za-z0-9._\\# \t-]{0,6}[A-Za-z0-9._\\#-])?$/)
const path = fc.array(part, { maxLength: 4 }).map((parts) => `/${parts.join("/")}`)

const escape = (text: string): string =>
  text.replaceAll(/[\\ \t#]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, "0")}`)

const procMounts = (mounts: ReadonlyArray<Mounts.Mount>): string =>
  mounts
    .map(
      ({ fstype, options, point, source }) => `${escape(source)} ${escape(point)} ${fstype} ${options.join(",")} 0 0\n`
    )
    .join("")

const mount: fc.Arbitrary<Mounts.Mount> = fc.record({
  source: fc.oneof(part, path, fc.constant("map auto_home")),
  point: path,
  fstype: fc.constantFrom("ext4", "nfs4", "tmpfs"),
  options: fc.constantFrom(["rw"], ["rw", "relatime"])
})

/** The rule once more, folder by folder: the last mount at the path itself, else what holds the folder above it. */
const above = (mounts: ReadonlyArray<Mounts.Mount>, place: string): Mounts.Mount | undefined => {
  const here = mounts.findLast(({ point }) => point === place)
  if (here !== undefined || place === "/") return here
  return above(mounts, place.slice(0, place.lastIndexOf("/")) || "/")
}

describe("the filesystem that holds a path", () => {
  it("OWN-8 the line of df is read from its numbers outwards, so that blanks in names do no harm", () => {
    fc.assert(
      fc.property(fc.oneof(part, path, fc.constant("map auto_home")), path, (source, mountPoint) => {
        expect(DiskFree.parse(df(source, mountPoint))).toEqual({ source, mountPoint })
      })
    )
    expect(DiskFree.parse(`${heading}\nmap auto_home 0 0 0 100% /System/Volumes/Data/home\n`)).toEqual({
      source: "map auto_home",
      mountPoint: "/System/Volumes/Data/home"
    })
    // Columns as wide as their widest word, as df prints them.
    expect(DiskFree.parse(`${heading}\n/dev/sda1        264212084 24136568  82254344       23% /\n`)).toEqual({
      source: "/dev/sda1",
      mountPoint: "/"
    })
    expect(DiskFree.parse(`${heading}\nproc - - - - /proc`)).toEqual({ source: "proc", mountPoint: "/proc" })
  })

  it("OWN-8 what is not the one line of df that was asked for tells nothing, and nothing is made of it", () => {
    const line = "/dev/sda1 1 1 1 1% /"
    for (const text of [
      "",
      heading,
      line,
      `${heading}\n${line}\n${line}`,
      `${heading}\n/dev/sda1 1 1 1% /`,
      `${heading}\n \n`
    ]) {
      expect(DiskFree.parse(text)).toBeNull()
    }
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, more) => {
        expect(() => Mounts.parse(`${text}\n${more}`)).not.toThrow()
        expect(() => Mounts.parseListing(`${text}\n${more}`)).not.toThrow()
        expect(examine("/x", text, Mounts.parse(more))).toEqual(unknown)
      })
    )
  })

  it("OWN-8 the list of mounts is read with its escapes, and the longest mount point holds a path, the last of equal ones", () => {
    fc.assert(
      fc.property(fc.array(mount, { maxLength: 8 }), path, fc.nat(), (mounts, below, nth) => {
        const read = Mounts.parse(procMounts(mounts))
        expect(read).toEqual(mounts)
        const chosen = mounts.length === 0 ? "/" : (mounts[nth % mounts.length]?.point ?? "/")
        for (const place of [below, chosen, chosen === "/" ? below : `${chosen}${below === "/" ? "" : below}`]) {
          expect(Mounts.holding(read, place)).toEqual(above(mounts, place))
        }
      })
    )
    // Columns may be apart by more than one blank.
    expect(Mounts.parse("/dev/sda1  / \text4\t\trw 0 0")).toEqual(Mounts.parse("/dev/sda1 / ext4 rw 0 0"))
    const [found] = Mounts.parse(String.raw`server:/my\040share /mnt/a\011b\134c\012d nfs4 rw,addr=1.2.3.4 0 0`)
    expect(found).toEqual({
      source: "server:/my share",
      point: "/mnt/a\tb\\c\nd",
      fstype: "nfs4",
      options: ["rw", "addr=1.2.3.4"]
    })
  })

  it("OWN-8 the list of macOS and the BSDs is read too", () => {
    const text = [
      "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)",
      "map auto_home on /System/Volumes/Data/home (autofs, automounted, nobrowse)",
      "tank/data on /tank/data on tape (zfs)",
      "//me@nas/Team%20Share on /Volumes/Team Share (smbfs, nodev, nosuid, mounted by me)",
      "not a line of it"
    ].join("\n")
    const rows = Mounts.parseListing(text).map(({ fstype, options, point, source }) => [
      source,
      point,
      fstype,
      ...options
    ])
    expect(rows).toEqual([
      ["/dev/disk3s1s1", "/", "apfs", "sealed", "local", "read-only", "journaled"],
      ["map auto_home", "/System/Volumes/Data/home", "autofs", "automounted", "nobrowse"],
      ["tank/data", "/tank/data on tape", "zfs", ""],
      ["//me@nas/Team%20Share", "/Volumes/Team Share", "smbfs", "nodev", "nosuid", "mounted by me"]
    ])
    const volume = examine("/tank/data on tape/x", df("tank/data", "/tank/data on tape"), Mounts.parseListing(text))
    expect(volume).toEqual({ filesystem: "Local", source: "tank/data", fstype: "zfs" })
  })

  it("OWN-8 df and the list of mounts must speak of one mount: else, and without df, nothing is known", () => {
    const mounts = Mounts.parse("/dev/sda1 / ext4 rw 0 0\nnas:/x /mnt nfs4 rw 0 0\ntank/home /home zfs rw 0 0\n")
    expect(examine("/srv", df("/dev/sda1", "/"), mounts)).toEqual({
      filesystem: "Local",
      source: "/dev/sda1",
      fstype: "ext4"
    })
    expect(examine("/mnt/a", df("nas:/x", "/mnt"), mounts).filesystem).toBe("Remote")
    expect(examine("/home/me", df("tank/home", "/home"), mounts).filesystem).toBe("Local")
    expect(examine("/srv", df("/dev/disk/by-uuid/1", "/"), mounts).filesystem).toBe("Unknown")
    expect(examine("/srv", df("/dev/sdb1", "/srv"), mounts)).toEqual(unknown)
    expect(examine("/mnt/a", df("/dev/sda1", "/"), mounts)).toEqual(unknown)
    expect(examine("/srv", df("/dev/sda1", "/"), [])).toEqual(unknown)
    expect(examine("/srv", "df: /srv: stale file handle", mounts)).toEqual(unknown)
    expect(examine("/srv", df("/dev/sda1", "/"), null)).toEqual({
      filesystem: "Local",
      source: "/dev/sda1",
      fstype: null
    })
    expect(examine("/srv", df("tank/srv", "/srv"), null).filesystem).toBe("Unknown")
  })

  it("OWN-8 an overlay is as local as what it writes to, where that can be seen", () => {
    const over = (upper: string) =>
      Mounts.parse(
        "/dev/sda1 / ext4 rw 0 0\nnas:/x /mnt nfs4 rw 0 0\n" +
          `overlay /merged overlay rw,lowerdir=/l,upperdir=${upper},workdir=/w 0 0\n` +
          "overlay /again overlay rw,upperdir=/merged/u,workdir=/w 0 0\n"
      )
    const at = (path: string, upper: string) => examine(path, df("overlay", path), over(upper)).filesystem
    expect([at("/merged", "/upper"), at("/again", "/upper")]).toEqual(["Local", "Local"])
    expect([at("/merged", "/mnt/upper"), at("/again", "/mnt/upper")]).toEqual(["Remote", "Remote"])
    expect(at("/merged", "/again/loop")).toBe("Local")
    const container = Mounts.parse("overlay / overlay rw,lowerdir=/l,upperdir=/var/lib/docker/u 0 0\n")
    expect(examine("/state", df("overlay", "/"), container).filesystem).toBe("Local")
  })
})
