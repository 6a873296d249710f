/**
 * A disk that counts its syncs and, when told, takes its time over each: a library between a program and the system's,
 * by LD_PRELOAD. It needs gcc.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const source = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic uint64_t *syncs;
static useconds_t delay;

__attribute__((constructor)) static void begin(void) {
  const char *us = getenv("SYNC_DELAY_US"), *path = getenv("SYNC_COUNT");
  if (us != NULL) delay = strtoul(us, NULL, 10);
  int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *place = mmap(NULL, sizeof *syncs, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (place != MAP_FAILED) syncs = place;
  close(file);
}

static int each(const char *name, int file) {
  if (syncs != NULL) atomic_fetch_add(syncs, 1);
  if (delay > 0) usleep(delay);
  return ((int (*)(int))dlsym(RTLD_NEXT, name))(file);
}

int fsync(int file) { return each("fsync", file); }
int fdatasync(int file) { return each("fdatasync", file); }
`

const library = "disk.so"
const count = "syncs"

/** Why there is no such disk here; null where there is one. */
export const lacks = (): string | null =>
  process.platform === "linux" && spawnSync("gcc", ["--version"], { stdio: "ignore" }).status === 0
    ? null
    : "it needs Linux and gcc"

/** Makes the library, in the fixture of a scenario. */
export const make = (fixture: string): void => {
  const file = join(fixture, "disk.c")
  writeFileSync(file, source)
  execFileSync("gcc", ["-O1", "-shared", "-fPIC", "-o", join(fixture, library), file, "-ldl"])
}

/** The environment of a program that is to have such a disk; its syncs are counted in that folder. */
export const environmentOf = (fixture: string, directory: string, delayMs: number): Record<string, string> => {
  writeFileSync(join(directory, count), Buffer.alloc(8))
  return {
    LD_PRELOAD: join(fixture, library),
    SYNC_COUNT: join(directory, count),
    SYNC_DELAY_US: `${delayMs * 1000}`
  }
}

/** How often that program has synced a file so far. */
export const syncs = (directory: string): number => Number(readFileSync(join(directory, count)).readBigUInt64LE())
