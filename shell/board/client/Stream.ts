/**
 * The supervisor's events, one connection after the other, each going on after the last event that came. `EventSource` can send no
 * header, and a cookie alone opens nothing: so it is read by `fetch`.
 */
import { address } from "./Client.ts"
import * as Key from "./Key.ts"
import * as Frames from "../model/Frames.ts"

/** The supervisor says something each 15 s; who is silent for longer than that twice is away. */
const silence = 40_000
const firstWait = 500
const longestWait = 5000

const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener("abort", () => {
      clearTimeout(timer)
      resolve()
    })
  })

export interface Listener {
  /** Something happened. */
  readonly event: () => void
  /** The connection has ended, or never was; another one is tried. */
  readonly lost: () => void
  readonly open: () => void
}

/** One connection; the last event that came, and whether there was a connection at all. */
const once = async (
  since: string,
  listener: Listener,
  outer: AbortSignal
): Promise<{ since: string; isOpen: boolean }> => {
  const silent = new AbortController()
  let timer = setTimeout(() => silent.abort(), silence)
  let last = since
  let isOpen = false
  try {
    const response = await fetch(address("events", { query: { since } }), {
      headers: { accept: "text/event-stream", "x-drover-board": Key.read(), "last-event-id": since },
      cache: "no-store",
      signal: AbortSignal.any([outer, silent.signal])
    })
    if (response.ok && response.body !== null) {
      isOpen = true
      listener.open()
      const text = response.body.pipeThrough(new TextDecoderStream()).getReader()
      let reader = Frames.begin
      for (;;) {
        const { done, value } = await text.read()
        if (done) break
        clearTimeout(timer)
        timer = setTimeout(() => silent.abort(), silence)
        const read = Frames.read(reader, value)
        reader = read.reader
        if (read.frames.length > 0) {
          last = read.frames.at(-1)?.id || last
          listener.event()
        }
      }
    }
  } catch {
    // Away, silent or not wanted any more: whoever listens is told below.
  }
  clearTimeout(timer)
  return { since: last, isOpen }
}

/** Follows until it is not wanted any more. */
export const follow = async (seq: number, listener: Listener, signal: AbortSignal): Promise<void> => {
  let since = String(seq)
  let wait = firstWait
  while (!signal.aborted) {
    const ended = await once(since, listener, signal)
    if (signal.aborted) return
    since = ended.since
    wait = ended.isOpen ? firstWait : Math.min(wait * 2, longestWait)
    listener.lost()
    await sleep(wait, signal)
  }
}
