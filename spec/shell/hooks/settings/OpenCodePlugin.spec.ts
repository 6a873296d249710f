/** The plugin that is written for OpenCode, under Node; that OpenCode itself runs it was tried by hand (docs/hooks.md). */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import * as Either from "effect/Either"
import { expect, it } from "vitest"
import { namesOf } from "../../../../core/hook/VendorHooks.ts"
import { install, programs, standing, uninstall } from "../../../../shell/hooks/settings/OpenCodePlugin.ts"
import { temporaryFolder } from "../../config/TaskFiles.ts"

type Hook = (...given: ReadonlyArray<unknown>) => Promise<void>

/** Loads the plugin with a program that notes what it is told; `told` waits for that many events. */
const loaded = async (script: string | null = `printf '%s %s\\n' "$1" "$(cat)" >>"$0.log"`) => {
  const folder = temporaryFolder()
  const program = join(folder, "it's a hook")
  const file = join(folder, "drover.mjs")
  if (script !== null) writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  writeFileSync(file, Either.getOrThrow(install(null, program)))
  const { Drover } = await import(pathToFileURL(file).href)
  const hooks: Readonly<Record<string, Hook>> = await Drover({ directory: "/work" })
  const lines = (): ReadonlyArray<string> => {
    try {
      return readFileSync(`${program}.log`, "utf8").trimEnd().split("\n")
    } catch {
      return []
    }
  }
  const told = async (count: number): Promise<ReadonlyArray<unknown>> => {
    while (lines().length < count) await new Promise((resolve) => setTimeout(resolve, 10))
    return lines().map((line) => {
      const [name = "", ...rest] = line.split(" ")
      const event: unknown = JSON.parse(rest.join(" "))
      expect(event).toMatchObject({ hook_event_name: name })
      return event
    })
  }
  const call = (name: string, ...given: ReadonlyArray<unknown>) => hooks[name]?.(...given)
  const event = (type: string, properties: unknown) => call("event", { event: { type, properties } })
  return { call, event, lines, told }
}

const common = { session_id: "ses_1", cwd: "/work" }

it("API-6 the plugin for OpenCode tells what happens under the names and with the fields of Claude Code", async () => {
  const { call, event, told } = await loaded()
  // One after the other: but for the last they are told without waiting.
  await event("session.created", { sessionID: "ses_1", info: { id: "ses_1" } })
  await told(1)
  await call("chat.message", { sessionID: "ses_1" }, { parts: [{ type: "text", text: "do" }, { type: "file" }] })
  await told(2)
  const tool = { sessionID: "ses_1", callID: "call_1", tool: "bash" }
  await call("tool.execute.before", tool, { args: { command: "ls" } })
  await told(3)
  await call("tool.execute.after", { ...tool, args: { command: "ls" } }, { output: "a\nb" })
  await told(4)
  const text = (messageID: string, said: string) =>
    event("message.part.updated", { part: { type: "text", sessionID: "ses_1", messageID, text: said } })
  await event("message.updated", { info: { id: "msg_1", role: "user" } })
  await event("message.updated", { info: { id: "msg_2", role: "assistant" } })
  await text("msg_2", "It is")
  await text("msg_2", "It is done.")
  await text("msg_1", "of the user")
  await event("session.idle", { sessionID: "ses_1" })
  await event("session.idle", { sessionID: "ses_1" })
  const events = await told(5)
  const used = { ...common, tool_name: "bash", tool_use_id: "call_1", tool_input: { command: "ls" } }
  expect(events).toEqual([
    { hook_event_name: "SessionStart", ...common, source: "startup" },
    { hook_event_name: "UserPromptSubmit", ...common, prompt: "do" },
    { hook_event_name: "PreToolUse", ...used },
    { hook_event_name: "PostToolUse", ...used, tool_response: "a\nb" },
    { hook_event_name: "Stop", ...common, last_assistant_message: "It is done." }
  ])
})

it("API-6 the plugin for OpenCode tells of a turn that failed once, and not that it came to its end", async () => {
  const { call, event, lines, told } = await loaded()
  await call("chat.message", { sessionID: "ses_1" }, { parts: [] })
  await told(1)
  await event("session.error", { sessionID: "ses_1", error: { name: "APIError", data: { message: "no key" } } })
  await event("session.idle", { sessionID: "ses_1" })
  expect((await told(2))[1]).toEqual({
    hook_event_name: "StopFailure",
    ...common,
    error: "APIError",
    error_details: "no key"
  })
  expect(lines()).toHaveLength(2)
})

it("API-6 the plugin for OpenCode never throws: without the program, with one that fails, with fields it does not know", async () => {
  for (const script of [null, "exit 2", "exec <&-; exit 1"]) {
    const { call, event } = await loaded(script)
    for (const given of [undefined, null, {}, { sessionID: 1 }]) {
      for (const name of ["chat.message", "tool.execute.before", "tool.execute.after"]) await call(name, given, given)
      for (const type of ["session.created", "session.idle", "session.error", "message.updated", "other"]) {
        await event(type, given)
      }
      await call("event", given)
    }
    await event("session.error", { sessionID: "x".repeat(300_000) })
  }
})

it("API-6 a program that does not read what the plugin for OpenCode tells it breaks nothing", async () => {
  const { call, lines } = await loaded(`exec <&-; echo closed >>"$0.log"`)
  // More than a pipe holds: the write fails some time after the program has closed its end.
  for (const count of [1, 2, 3]) {
    await call("tool.execute.before", { sessionID: "ses_1" }, { args: "x".repeat(1_000_000) })
    while (lines().length < count) await new Promise((resolve) => setTimeout(resolve, 10))
  }
})

it("API-6 the plugin file is drover's own: renewed where it is stale, taken away whole, and somebody else's is left alone", () => {
  const written = Either.getOrThrow(install(null, "/s/hook"))
  expect(Either.getOrThrow(install(written, "/s/hook"))).toBe(written)
  expect(standing(written, "/s/hook")).toEqual(Either.right("installed"))
  expect(standing(written, "/t/hook")).toEqual(Either.right("stale"))
  expect(standing(null, "/s/hook")).toEqual(Either.right("absent"))
  expect(Either.getOrThrow(install(written, "/t/hook"))).toContain(`"/t/hook"`)
  expect(programs(Either.getOrThrow(install(null, `/it's "s"/hook`)))).toEqual([`/it's "s"/hook`])
  expect(programs('const program = "/s/hook"\n')).toEqual([])
  expect(uninstall(written)).toBeNull()
  const foreign = "export const Drover = async () => ({})\n"
  expect(Either.flip(install(foreign, "/s/hook"))).toEqual(Either.right("is no file of drover's"))
  expect(Either.isLeft(standing(foreign, "/s/hook"))).toBe(true)
  expect(uninstall(foreign)).toBe(foreign)
  for (const name of namesOf("opencode")) expect(written).toContain(`"${name}"`)
})
