/** Times that go on by themselves: only their text is drawn again. */
import { useComputed } from "@preact/signals"
import { now } from "../client/Live.ts"
import { duration } from "../model/Words.ts"

export const Elapsed = ({ since }: { readonly since: string }) => {
  const text = useComputed(() => duration(now.value - Date.parse(since)))
  return <span title={`since ${new Date(since).toLocaleString()}`}>{text}</span>
}

export const Remaining = ({ until }: { readonly until: string }) => {
  const text = useComputed(() => {
    const rest = Date.parse(until) - now.value
    return rest <= 0 ? "now" : `in ${duration(rest)}`
  })
  return <span title={`until ${new Date(until).toLocaleString()}`}>{text}</span>
}

/** Of today the time alone; all of it is told by the pointer and to whoever asks for it. */
export const Moment = ({ at }: { readonly at: string }) => {
  const date = new Date(at)
  const isToday = date.toDateString() === new Date(now.peek()).toDateString()
  return (
    <time dateTime={at} title={at}>
      {isToday
        ? date.toLocaleTimeString(undefined, { timeStyle: "medium" })
        : date.toLocaleString(undefined, { dateStyle: "short", timeStyle: "medium" })}
    </time>
  )
}
