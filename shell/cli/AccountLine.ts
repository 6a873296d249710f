/**
 * One account in a listing: what holds it up, for people as a line and for programs as an object.
 */
import type { Account } from "../../core/account/Account.ts"
import { pausedText } from "../../core/account/Account.ts"
import * as Moment from "./Moment.ts"

interface Circumstances {
  readonly now: number
  readonly maxConcurrent: number
}

/** What holds it up; null where nothing does. */
export const describe = ({ id, pause, window }: Account, { maxConcurrent, now }: Circumstances): string | null => {
  if (pause !== null) return pausedText(id, pause)
  switch (window._tag) {
    case "Open":
      return null
    case "Limited":
      return window.until > now
        ? `account ${id}: limited until ${Moment.clock(window.until, now)}, then one canary`
        : `account ${id}: its limit is over, the next attempt is the canary`
    case "Canary":
      return `account ${id}: a canary runs (#${window.canary.task})`
    case "Ramp":
      return window.width < maxConcurrent ? `account ${id}: ramping up: ${window.width} of ${maxConcurrent}` : null
  }
}

/** For programs; `limited_until` is the end of the latest limit while it is not known to be over. */
export const toJson = ({ id, pause, window }: Account) => ({
  id,
  state: pause === null ? window._tag.toLowerCase() : "paused",
  limited_until: window._tag === "Limited" || window._tag === "Canary" ? Moment.iso(window.until) : null,
  canary: window._tag === "Canary" ? `${window.canary.task}.${window.canary.attempt}` : null,
  ramp: window._tag === "Ramp" ? window.width : null,
  paused: pause === null ? null : { since: Moment.iso(pause.since), why: pause.why }
})
