/**
 * One account in a listing, for people: what holds it up, in a line.
 */
import type { Account } from "../../core/account/Account.ts"
import { pausedText } from "../../core/account/Account.ts"
import * as Moment from "../view/Moment.ts"

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
