/** A hook event as it is stored: what a vendor's program said about its session, without secrets and of bounded size. */
import { isObject, type Json, recordOf } from "../agent/Json.ts"
import { cutText, bytesOf, cutMark, isCut, redacted } from "./Cut.ts"
import { cutJson } from "./CutJson.ts"
import type { HookName } from "./HookName.ts"
import { redactPlain } from "./PlainRedaction.ts"
import { redact } from "./Redaction.ts"

export interface HookEvent extends Lifted {
  readonly hook: HookName
  /** What came, redacted and cut: at most `payloadBytes` of UTF-8. */
  readonly payload: string
}

/** What is known of an event without reading its payload; null where the payload does not say it. */
interface Lifted {
  readonly sessionId: string | null
  readonly toolName: string | null
  readonly toolUseId: string | null
  readonly cwd: string | null
}

/** 64 KiB */
export const payloadBytes = 65_536

/** UTF-16 units */
const idLength = 200
const pathLength = 4096

// Claude Code and Codex, programs that write JSON in camel case, OpenCode (`../shared/agents/fixtures`).
const sessionNames = ["session_id", "sessionId", "sessionID"]
const toolNames = ["tool_name", "toolName", "tool"]
const useNames = ["tool_use_id", "toolUseId", "callID"]
const pathNames = ["cwd"]
/** OpenCode gives its plugins two objects, `input` with the ids, and names the tool of a permission in `tool`. */
const inner = ["input", "tool"]

const fields: ReadonlySet<string> = new Set([...sessionNames, ...toolNames, ...useNames, ...pathNames, ...inner])

/**
 * The event that a body makes, whatever it is. Where it is a JSON object, the ids, the tool and the folder are lifted
 * from it; of several names the first that holds a string to lift counts: of 1 to 200 characters (the folder 4,096),
 * with no control character, nothing redacted and nothing cut.
 *
 * A larger object is cut inside its strings, the longest first and what is lifted never; where that is not enough, the
 * largest of its fields become `"… [12345 characters cut]"`; where that is not enough either, only what is lifted is
 * kept. Any other text is cut at its end. The payload of an event makes the same event again.
 */
export const make = (hook: HookName, body: string): HookEvent => {
  const text = redact(body)
  const object = recordOf(text)
  if (object === null) return { hook, ...nothing, payload: plainPayload(text) }
  const lifted = lift(object)
  return { hook, ...lifted, payload: fits(text) ? text : objectPayload(text, lifted) }
}

const nothing: Lifted = { sessionId: null, toolName: null, toolUseId: null, cwd: null }

/** A unit has at most three bytes. */
const fits = (text: string): boolean => text.length * 3 <= payloadBytes || bytesOf(text) <= payloadBytes

/** JSON that is no object (an array) is no JSON any more when it is cut: it is redacted once more as the text it became. */
const plainPayload = (text: string): string =>
  fits(text) ? text : cutText(redactPlain(cutText(text, payloadBytes)), payloadBytes)

const objectPayload = (text: string, lifted: Lifted): string => {
  const whole = new Set(
    [lifted.sessionId, lifted.toolName, lifted.toolUseId, lifted.cwd].filter((each) => each !== null)
  )
  return cutJson(text, { bytes: payloadBytes, whole, fields }) ?? liftedAlone(text, lifted)
}

const liftedAlone = (text: string, { sessionId, toolName, toolUseId, cwd }: Lifted): string =>
  JSON.stringify({
    ...(sessionId !== null && { session_id: sessionId }),
    ...(toolName !== null && { tool_name: toolName }),
    ...(toolUseId !== null && { tool_use_id: toolUseId }),
    ...(cwd !== null && { cwd }),
    rest: cutMark(text.length)
  })

const lift = (object: Json): Lifted => {
  const places = [object, ...inner.map((name) => object[name]).filter(isObject)]
  return {
    sessionId: first(places, sessionNames, idLength),
    toolName: first(places, toolNames, idLength),
    toolUseId: first(places, useNames, idLength),
    cwd: first(places, pathNames, pathLength)
  }
}

const first = (places: ReadonlyArray<Json>, names: ReadonlyArray<string>, length: number): string | null => {
  for (const place of places) {
    for (const name of names) {
      const value = place[name]
      if (typeof value === "string" && isLiftable(value, length)) return value
    }
  }
  return null
}

/** Control characters, and halves of pairs, which no store keeps as they are. */
const unprintable = /[\p{Cc}\p{Cs}]/u

const isLiftable = (value: string, length: number): boolean =>
  value.length <= length &&
  value.trim() !== "" &&
  !unprintable.test(value) &&
  !value.includes(redacted) &&
  !isCut(value)
