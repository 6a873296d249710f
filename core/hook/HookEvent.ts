import type { HookName } from "./HookName.ts"

export interface HookEvent {
  readonly hook: HookName
  readonly sessionId: string | null
  readonly toolName: string | null
  readonly toolUseId: string | null
  readonly cwd: string | null
  readonly payload: string
}

export const make = (hook: HookName, body: string): HookEvent => ({
  hook,
  sessionId: null,
  toolName: null,
  toolUseId: null,
  cwd: null,
  payload: body
})
