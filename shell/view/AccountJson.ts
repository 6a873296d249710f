/** One account for programs, as commands and HTTP tell it. */
import type { Account } from "../../core/account/Account.ts"
import * as Moment from "./Moment.ts"

const words = { Open: "open", Limited: "limited", Canary: "canary", Ramp: "ramp" } as const satisfies Readonly<
  Record<Account["window"]["_tag"], string>
>

/** `limited_until` is the end of the latest limit while it is not known to be over. */
export const toJson = ({ id, pause, window }: Account) => ({
  id,
  state: pause === null ? words[window._tag] : ("paused" as const),
  limited_until: window._tag === "Limited" || window._tag === "Canary" ? Moment.iso(window.until) : null,
  canary: window._tag === "Canary" ? `${window.canary.task}.${window.canary.attempt}` : null,
  ramp: window._tag === "Ramp" ? window.width : null,
  paused: pause === null ? null : { since: Moment.iso(pause.since), why: pause.why }
})
