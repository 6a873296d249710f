/**
 * The plugin that drover writes for OpenCode, which has no hooks but those: a file of drover's own, known by its first
 * line. It runs the program that hooks run, under the names and with the fields of Claude Code, and neither throws nor
 * waits, but at the end of a turn: `opencode run` exits there, and takes with it what it has not handed over.
 *
 * The events and their fields are those of 1.18.33 (`../shared/agents/FACTS.md` 5).
 */
import * as Either from "effect/Either"
import type { Problem, Standing } from "./HookSettings.ts"

const firstLine =
  "// drover's plugin for OpenCode: `drover hooks remove` takes it away, `drover hooks install` writes it anew."

const source = (program: string): string => `${firstLine}
import { spawn, spawnSync } from "node:child_process"

const program = ${JSON.stringify(program)}
const limit = 2000

const told = (name, fields) => JSON.stringify({ hook_event_name: name, ...fields })

/** Hands an event over, and looks at nothing that comes of it. */
const tell = (name, fields) => {
  try {
    const child = spawn(program, [name], { stdio: ["pipe", "ignore", "ignore"], detached: true, timeout: limit })
    child.on("error", () => {})
    child.stdin.on("error", () => {})
    child.stdin.end(told(name, fields))
    child.unref()
  } catch {
    // An agent works on, whether drover hears of it or not.
  }
}

/** The same, and waits until it is handed over. */
const tellAndWait = (name, fields) => {
  try {
    spawnSync(program, [name], { input: told(name, fields), stdio: ["pipe", "ignore", "ignore"], timeout: limit })
  } catch {
    // As above.
  }
}

export const Drover = async ({ directory }) => {
  const assistants = new Set()
  const atWork = new Set()
  const last = new Map()
  const common = (session) => ({ session_id: session, cwd: directory })
  const events = {
    "session.created": ({ info, sessionID }) => {
      if (info?.parentID === undefined) tell("SessionStart", { ...common(sessionID ?? info?.id), source: "startup" })
    },
    "session.idle": ({ sessionID }) => {
      // It comes again and again, and after an error too.
      if (!atWork.delete(sessionID)) return
      const text = last.get(sessionID)
      tellAndWait("Stop", { ...common(sessionID), ...(text === undefined ? {} : { last_assistant_message: text }) })
      assistants.clear()
      last.delete(sessionID)
    },
    "session.error": ({ error, sessionID }) => {
      atWork.delete(sessionID)
      tellAndWait("StopFailure", { ...common(sessionID), error: error?.name, error_details: error?.data?.message })
    },
    "message.updated": ({ info }) => {
      if (info?.role === "assistant") assistants.add(info.id)
    },
    "message.part.updated": ({ part }) => {
      if (part?.type === "text" && assistants.has(part.messageID)) last.set(part.sessionID, part.text)
    }
  }
  /** What it is told must not depend on what is in it. */
  const safely = (act) => async (...given) => {
    try {
      act(...given)
    } catch {
      // A field that another version does not have.
    }
  }
  return {
    event: safely(({ event }) => events[event.type]?.(event.properties)),
    "chat.message": safely(({ sessionID }, { parts }) => {
      atWork.add(sessionID)
      const prompt = parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\\n")
      tell("UserPromptSubmit", { ...common(sessionID), prompt })
    }),
    "tool.execute.before": safely(({ callID, sessionID, tool }, { args }) =>
      tell("PreToolUse", { ...common(sessionID), tool_name: tool, tool_use_id: callID, tool_input: args })
    ),
    "tool.execute.after": safely(({ args, callID, sessionID, tool }, { output }) =>
      tell("PostToolUse", {
        ...common(sessionID),
        tool_name: tool,
        tool_use_id: callID,
        tool_input: args,
        tool_response: output
      })
    )
  }
}
`

const isOwn = (text: string): boolean => text.startsWith("// drover's plugin for OpenCode")

const foreign = Either.left("is no file of drover's")

/** `text` is that of the file; null where there is none. */
export const install = (text: string | null, program: string): Either.Either<string, Problem> =>
  text === null || isOwn(text) ? Either.right(source(program)) : foreign

/** Null: the file goes. Somebody else's stays as it is. */
export const uninstall = (text: string): string | null => (isOwn(text) ? null : text)

export const standing = (text: string | null, program: string): Either.Either<Standing, Problem> => {
  if (text === null) return Either.right("absent")
  if (!isOwn(text)) return foreign
  return Either.right(text === source(program) ? "installed" : "stale")
}

/** What it runs, as `HookSettings.programs` has it; none where its line can not be found. */
export const programs = (text: string): ReadonlyArray<string> => {
  const [, literal] = /^const program = (".*")$/m.exec(isOwn(text) ? text : "") ?? []
  return literal === undefined ? [] : [String(JSON.parse(literal))]
}
