import { execFileSync } from "node:child_process"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { read, write } from "../../../shell/hooks/SettingsFile.ts"
import { put, temporaryFolder } from "../config/TaskFiles.ts"

const found = (path: string, project: string | null = null) => Effect.runPromise(read(path, project))
const refused = async (path: string, project: string | null = null) =>
  (await Effect.runPromise(Effect.flip(read(path, project)))).message

it("API-6 a settings file is replaced whole, with its mode and without anything left beside it", async () => {
  const folder = temporaryFolder()
  for (const mode of [0o600, 0o640, 0o666, 0o755]) {
    const path = put(folder, "settings.json", "old")
    chmodSync(path, mode)
    const file = await found(path)
    expect(file.text).toBe("old")
    const before = statSync(path).ino
    await Effect.runPromise(write(file, "new"))
    expect(readFileSync(path, "utf8")).toBe("new")
    expect(statSync(path).mode & 0o7777).toBe(mode)
    expect(statSync(path).ino).not.toBe(before)
    expect(readdirSync(folder)).toEqual(["settings.json"])
  }
})

it("API-6 folders are made where a file is written, and only there; a file that goes takes none of them", async () => {
  const folder = temporaryFolder()
  const path = join(folder, "a/b/hooks.json")
  const file = await found(path)
  expect(file.text).toBeNull()
  expect(readdirSync(folder)).toEqual([])
  await Effect.runPromise(write(file, "{}"))
  await Effect.runPromise(write(await found(path), null))
  expect(readdirSync(join(folder, "a/b"))).toEqual([])
})

it("API-6 a link of the user's stays one, and what it leads to is replaced; a link to nothing is refused", async () => {
  const folder = temporaryFolder()
  const target = put(folder, "dotfiles/claude.json", "old", 0o600)
  const path = join(folder, "settings.json")
  symlinkSync("dotfiles/claude.json", path)
  await Effect.runPromise(write(await found(path), "new"))
  expect(readlinkSync(path)).toBe("dotfiles/claude.json")
  expect([readFileSync(target, "utf8"), statSync(target).mode & 0o777]).toEqual(["new", 0o600])
  expect(readdirSync(join(folder, "dotfiles"))).toEqual(["claude.json"])
  await Effect.runPromise(write(await found(path), null))
  expect([existsSync(target), lstatSync(path, { throwIfNoEntry: false })]).toEqual([false, undefined])
  symlinkSync("nowhere", path)
  expect(await refused(path)).toContain("it is a link to nowhere, where nothing is")
  expect(readlinkSync(path)).toBe("nowhere")
})

it("API-6 a file of a project that leads out of it is refused, by itself or by a folder above it, there or not", async () => {
  const folder = temporaryFolder()
  const project = join(folder, "project")
  mkdirSync(join(project, "..within"), { recursive: true })
  const secret = put(folder, "outside/settings.json", "{}")
  mkdirSync(join(project, ".claude"))
  symlinkSync(secret, join(project, ".claude/settings.json"))
  symlinkSync("../outside", join(project, ".codex"))
  symlinkSync("..within", join(project, ".opencode"))
  const out = "it leads out of the project, to"
  expect(await refused(join(project, ".claude/settings.json"), project)).toContain(`${out} ${secret}`)
  expect(await refused(join(project, ".codex/hooks.json"), project)).toContain(`${out} ${folder}/outside/hooks.json`)
  expect((await found(join(project, ".opencode/plugin/drover.js"), project)).text).toBeNull()
  // The user's own files may lead anywhere.
  expect((await found(join(project, ".claude/settings.json"))).text).toBe("{}")
})

it("API-6 what can not be told from its text again is refused: no UTF-8, no plain file, far too much, nobody waits", async () => {
  const folder = temporaryFolder()
  expect(await refused(put(folder, "latin1", Buffer.from([0x7b, 0xe4, 0x7d])))).toContain("can not read")
  const big = put(folder, "big", "")
  truncateSync(big, 5 * 1024 * 1024)
  expect(await refused(big)).toContain("bytes")
  execFileSync("mkfifo", [join(folder, "pipe")])
  expect(await refused(join(folder, "pipe"))).toContain("it is no plain file")
  expect(await refused(folder)).toContain("can not read")
  const marked = put(folder, "marked", "\ufeff{}")
  await Effect.runPromise(write(await found(marked), (await found(marked)).text))
  expect(readFileSync(marked, "utf8")).toBe("\ufeff{}")
})

it("API-6 what somebody else has written meanwhile is never overwritten or taken away", async () => {
  const folder = temporaryFolder()
  const path = put(folder, "settings.json", "old")
  for (const text of ["new", null]) {
    writeFileSync(path, "old")
    const file = await found(path)
    writeFileSync(path, "theirs")
    const failure = await Effect.runPromise(Effect.flip(write(file, text)))
    expect(failure.message).toContain("it was changed meanwhile: try again")
    expect([readFileSync(path, "utf8"), readdirSync(folder)]).toEqual(["theirs", ["settings.json"]])
  }
  const fresh = await found(join(folder, "other.json"))
  writeFileSync(join(folder, "other.json"), "theirs")
  await Effect.runPromise(Effect.flip(write(fresh, "new")))
  expect(readFileSync(join(folder, "other.json"), "utf8")).toBe("theirs")
})
