import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { AttemptNumber, RunNumber, TaskId } from "../../../core/task/Identifiers.ts"
import * as Places from "../../../shell/config/Places.ts"
import { put, temporaryFolder } from "./TaskFiles.ts"

const of = (environment: Record<string, string>) => Either.getOrThrow(Places.make(environment))

it("API-1 the state directory is DROVER_HOME, else in XDG_STATE_HOME, else in the home; empty and relative ones of XDG do not count", () => {
  const home = { HOME: "/home/me" }
  expect(of(home).stateDirectory).toBe("/home/me/.local/state/drover")
  expect(of({ ...home, XDG_STATE_HOME: "/state" }).stateDirectory).toBe("/state/drover")
  expect(of({ ...home, XDG_STATE_HOME: "state" }).stateDirectory).toBe("/home/me/.local/state/drover")
  expect(of({ ...home, XDG_STATE_HOME: "/state", DROVER_HOME: "/own" }).stateDirectory).toBe("/own")
  expect(of({ ...home, DROVER_HOME: "" }).stateDirectory).toBe("/home/me/.local/state/drover")
  expect(of({ ...home, DROVER_HOME: "own" }).stateDirectory).toBe(join(process.cwd(), "own"))
})

it("API-1 the configuration is DROVER_CONFIG, else in XDG_CONFIG_HOME, else in the home", () => {
  const home = { HOME: "/home/me" }
  expect(of(home).configFile).toBe("/home/me/.config/drover/config.toml")
  expect(of({ ...home, XDG_CONFIG_HOME: "/etc/xdg" }).configFile).toBe("/etc/xdg/drover/config.toml")
  expect(of({ ...home, DROVER_CONFIG: "/own.toml" }).configFile).toBe("/own.toml")
})

it("API-1 attempts and runs have the folders of the contract", () => {
  const places = of({ DROVER_HOME: "/own" })
  const task = Schema.decodeSync(TaskId)(42)
  const attempt = Schema.decodeSync(AttemptNumber)(3)
  expect(places.attempt(task, attempt)).toBe("/own/attempts/42.3")
  expect(places.run(task, attempt, Schema.decodeSync(RunNumber)(7))).toBe("/own/attempts/42.3/v7")
})

it("API-1 a socket path that the system would refuse is an error that names it and the remedy; one byte less is taken", async () => {
  const folder = temporaryFolder()
  const limit = process.platform === "linux" ? 107 : 103
  const socketOf = (bytes: number) =>
    join(folder, "é".padEnd(bytes - Buffer.byteLength(`${folder}//drover.sock`) - 1, "x"))
  const longest = of({ DROVER_HOME: socketOf(limit) })
  expect(Buffer.byteLength(longest.socket)).toBe(limit)
  const error = Either.getOrThrow(Either.flip(Places.make({ DROVER_HOME: socketOf(limit + 1) })))
  expect(error).toMatchObject({ bytes: limit + 1, limit })
  expect(error.message).toContain(error.path)
  expect(error.message).toContain("DROVER_HOME")

  // The limit is the system's: a server can have the longest path that is taken.
  put(longest.stateDirectory, "x", "")
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(longest.socket, resolve)
  })
  await new Promise((resolve) => server.close(resolve))
})

it("API-1 the state directory is made for its owner alone, and what stands in its way is an error that names it", async () => {
  const folder = temporaryFolder()
  const ensure = (home: string) =>
    Effect.runPromise(
      Places.ensureStateDirectory.pipe(Effect.provideService(Places.Places, of({ DROVER_HOME: home })), Effect.either)
    )
  const fresh = join(folder, "a/b")
  expect(Either.isRight(await ensure(fresh))).toBe(true)
  expect(Either.isRight(await ensure(fresh))).toBe(true)
  // Git passes over what drover made, and never over what was there before, nor over the folders above.
  expect(readFileSync(join(fresh, ".gitignore"), "utf8")).toBe("*\n")
  expect(readdirSync(join(folder, "a"))).toEqual(["b"])
  const before = join(folder, "before")
  mkdirSync(before)
  put(before, "theirs", "")
  expect(Either.isRight(await ensure(before))).toBe(true)
  expect(readdirSync(before)).toEqual(["theirs"])
  // One that is empty was made for this, or by somebody who was killed then.
  const empty = join(folder, "empty")
  mkdirSync(empty)
  expect(Either.isRight(await ensure(empty))).toBe(true)
  expect(readdirSync(empty)).toEqual([".gitignore"])
  expect(statSync(fresh).mode & 0o777).toBe(0o700)
  const file = put(folder, "file", "")
  const error = Either.getOrThrow(Either.flip(await ensure(file)))
  expect(error).toMatchObject({ _tag: "StateDirectoryUnusable", path: file })
})
