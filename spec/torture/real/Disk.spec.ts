/** The state directory on a disk that fills up, becomes read-only, or is slow: really mounted, in a namespace of its own. */
import { execFileSync, spawnSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { sleep } from "../../crash/Waiting.ts"
import { expectDone, fleet, until } from "./Fleet.ts"

/** `npm run torture` starts these specs with `unshare -rm` where that is possible. */
const isApart = process.env.DROVER_APART !== undefined

const mount = (...args: ReadonlyArray<string>): void => void execFileSync("mount", args)
const unmount = (path: string): void => void execFileSync("umount", ["-l", path])

const names = ["a", "b", "c", "d", "e", "f"]
const tasks = names.map((name) => ({ name, script: `while [ ! -e $root/go ]; do sleep 0.05; done` }))
const once = Object.fromEntries(names.map((name) => [name, 1]))

/** With the state directory on a small disk of its own; `trouble` comes while all agents work, and goes. */
const onDisk = (trouble: (home: string) => Promise<() => void>): Promise<void> =>
  fleet(tasks, async (fleet) => {
    mount("-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", fleet.home)
    try {
      const run = fleet.supervise(["run", fleet.file])
      await until(() => names.every((name) => fleet.starts(name) > 0))
      const end = await trouble(fleet.home)
      writeFileSync(join(fleet.site.root, "go"), "")
      // All agents end now, and none of it can be written down.
      await until(() => /(?:full|read-only|disk)/i.test(fleet.log()))
      await sleep(500)
      expect(run.isOver()).toBe(false)
      end()
      await until(run.isOver)
      expect(run.child.exitCode).toBe(0)
      await expectDone(fleet, once)
    } finally {
      unmount(fleet.home)
    }
  })

it.skipIf(!isApart)(
  "STO-4 a disk that is full while all agents end loses nothing: it is said, and the work goes on",
  () =>
    onDisk(async (home) => {
      const filler = join(home, "filler")
      spawnSync("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"], { stdio: "ignore" })
      return () => rmSync(filler)
    })
)

it.skipIf(!isApart)(
  "STO-4 a disk that is read-only while all agents end loses nothing: it is said, and the work goes on",
  () =>
    onDisk(async (home) => {
      // What is open stays writable, or the kernel would refuse: nothing can be opened for writing, made or renamed.
      mount("--bind", home, home)
      mount("-o", "remount,ro,bind", home)
      return () => unmount(home)
    })
)

const slow = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>
static int late(const char *name, int file) {
  usleep(150000);
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
}
int fsync(int file) { return late("fsync", file); }
int fdatasync(int file) { return late("fdatasync", file); }
`

const hasCompiler = spawnSync("gcc", ["--version"], { stdio: "ignore" }).status === 0

it.skipIf(!hasCompiler)("STO-3 a disk that takes its time over every sync delays the fleet, and breaks nothing", () =>
  fleet(tasks, async (fleet) => {
    const { root } = fleet.site
    writeFileSync(join(root, "slow.c"), slow)
    execFileSync("gcc", ["-shared", "-fPIC", "-o", join(root, "slow.so"), join(root, "slow.c"), "-ldl"])
    writeFileSync(join(root, "go"), "")
    const run = fleet.supervise(["run", fleet.file], { LD_PRELOAD: join(root, "slow.so") })
    await until(run.isOver, 120_000)
    expect(run.child.exitCode).toBe(0)
    await expectDone(fleet, once)
  })
)
