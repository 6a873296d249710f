/** Hook events of the size that a store's own have, or of 1 KB where it has none. */
import * as Effect from "effect/Effect"
import * as HookEvent from "../../core/hook/HookEvent.ts"
import type { ReceivedHookEvent, StoreService } from "../store/Store.ts"

const usual = { hook: "PostToolUse", bytes: 1000 } as const

/** A body that is taken in as if a hook had sent it. */
export interface Body {
  readonly hook: ReceivedHookEvent["event"]["hook"]
  readonly text: string
}

const made: Body = {
  hook: usual.hook,
  text: JSON.stringify({ session_id: "drover-profile", tool_name: "Bash", tool_response: "x".repeat(usual.bytes - 80) })
}

/** The oldest that are kept, as many as that, or one that is made up. */
export const bodies = (store: StoreService, count: number) =>
  Effect.map(store.hookEvents({ since: 0, limit: count }), (events): ReadonlyArray<Body> =>
    events.length === 0 ? [made] : events.map(({ event: { hook, payload } }) => ({ hook, text: payload }))
  )

/** Taken in once more, each as an event of its own: redacted, lifted from, named anew. */
export const received = (bodies: ReadonlyArray<Body>, group: number, count: number, at: number) =>
  Array.from({ length: count }, (_, index): ReceivedHookEvent => {
    const { hook, text } = bodies[index % bodies.length] ?? made
    // Otherwise the tool use would be known already.
    const event = { ...HookEvent.make(hook, text), toolUseId: null }
    return { event, at, source: `drover-profile-${group}-${index}` }
  })
