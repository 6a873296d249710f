/** What hooks tell a running drover, by its built program. */
import { spawnSync } from "node:child_process"
import { existsSync, watch, writeFileSync } from "node:fs"
import { mkdtemp, readdir, realpath, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import * as SqlStore from "../../../shell/store/SqlStore.ts"
import { type KeptHookEvent, Store } from "../../../shell/store/Store.ts"
import { ask } from "../http/Client.ts"
import { type Site, site, type Started, until } from "./Drover.ts"

const socketOf = ({ home }: Site): string => join(home, "drover.sock")

const kept = ({ home }: Site): Promise<ReadonlyArray<KeptHookEvent>> =>
  Effect.runPromise(
    Effect.flatMap(Store, (store) => store.hookEvents({ since: 0, limit: 10_000 })).pipe(
      Effect.provide(SqlStore.layer({ file: join(home, "drover.db"), readonly: true }))
    )
  )

const up = async (here: Site, environment: Readonly<Record<string, string>> = {}): Promise<Started> => {
  const started = here.start(["up"], environment)
  await until(() =>
    ask(socketOf(here), "/", "").then(
      () => true,
      () => false
    )
  )
  return started
}

it("ING-3 what was acknowledged is there after kill -9, once each, and the next supervisor takes more", async () => {
  const here = await site()
  try {
    const first = await up(here)
    const acknowledged: Array<number> = []
    const send = async (sender: number): Promise<void> => {
      for (let turn = 0; !first.child.killed && turn < 1000; turn++) {
        const number = sender * 1000 + turn
        const answer = await ask(socketOf(here), "/hooks/PostToolUse", String(number)).catch(() => null)
        if (answer?.status === 200) acknowledged.push(number)
      }
    }
    const senders = Promise.all(Array.from({ length: 16 }, (_, sender) => send(sender)))
    await until(() => acknowledged.length > 300)
    first.child.kill("SIGKILL")
    await senders
    await first.end
    const numbers = (await kept(here)).map(({ event }) => Number(event.payload))
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(acknowledged.filter((number) => !numbers.includes(number))).toEqual([])

    const second = await up(here)
    expect((await ask(socketOf(here), "/hooks/Stop", `"after"`)).status).toBe(200)
    expect((await kept(here)).at(-1)?.event.payload).toBe(`"after"`)
    const confirmed = /^ingest +on-confirmed/m
    await until(async () => confirmed.test((await here.run("guards")).stdout))
    second.child.kill("SIGTERM")
    await second.end
    expect(existsSync(socketOf(here))).toBe(false)

    const many = numbers.length + 1
    expect(await here.json("prune", "--older-than", "0s", "--dry-run", "--json")).toMatchObject({ hook_events: many })
    expect((await here.run("prune", "--older-than", "0s")).stdout).toContain(`${many} hook events are forgotten`)
    expect(await kept(here)).toEqual([])
  } finally {
    await here.remove()
  }
})

it("ING-1 what was left in the spool while nobody ran is kept when somebody does, and what a hook leaves then is kept soon, once each", async () => {
  const here = await site()
  try {
    const spooled = await here.feed(`{"session_id":"early"}`, "ingest", "--hook", "SessionStart")
    expect(spooled).toEqual({ code: 0, stdout: "", stderr: "" })
    const started = await up(here)
    await until(async () => (await kept(here)).length === 1)
    await until(() => existsSync(join(here.home, "hook")))
    const told = spawnSync(join(here.home, "hook"), ["Stop"], { input: `{"session_id":"late"}`, encoding: "utf8" })
    expect([told.status, told.stdout, told.stderr]).toEqual([0, "", ""])
    await until(async () => (await kept(here)).length === 2)
    const all = (await kept(here)).map(({ event: { hook, sessionId } }) => [hook, sessionId])
    expect(all).toEqual([
      ["SessionStart", "early"],
      ["Stop", "late"]
    ])
    await until(async () => (await readdir(join(here.home, "spool"))).every((name) => name === "bad"))
    started.child.kill("SIGTERM")
    await started.end
  } finally {
    await here.remove()
  }
})

it("STO-6 what comes in together makes no files beside the store, not even for a moment", async () => {
  const here = await site()
  const folder = await realpath(await mkdtemp(join(tmpdir(), "drover-temporary-")))
  const seen: Array<string | null> = []
  const watcher = watch(folder, (_, name) => seen.push(name))
  try {
    const started = await up(here, { SQLITE_TMPDIR: folder })
    // The second batch changes many pages that the first one has filled: to undo it takes all of them.
    for (const batch of [0, 1]) {
      const lines = Array.from({ length: 600 }, (_, index) =>
        JSON.stringify({ session_id: `s${index % 60}`, tool_use_id: `${batch}-${index}`, text: "x".repeat(1000) })
      )
      const headers = { "content-type": "application/x-ndjson" }
      const answer = await ask(socketOf(here), "/hooks/PostToolUse", lines.join("\n"), { headers })
      expect(answer.body).toEqual({ stored: 600, refused: [] })
    }
    writeFileSync(join(folder, "last"), "")
    await until(() => seen.includes("last"))
    expect(new Set(seen)).toEqual(new Set(["last"]))
    started.child.kill("SIGTERM")
    await started.end
  } finally {
    watcher.close()
    await rm(folder, { recursive: true, force: true })
    await here.remove()
  }
})
