/** The work of a peer: jobs of 1 KB, kept, claimed, run and completed by a handler that does nothing. */
import type { Place, Sample } from "../Scenario.ts"
import { eventOf } from "../workload/HookEvents.ts"
import { groupsOf } from "../workload/Tasks.ts"
import { inFlight, type Opened, type Peer } from "./Peer.ts"

const bytes = 1000
const batch = 100
const warmUp = 200

/** The texts of so many jobs. */
export const bodiesOf = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, number) => eventOf(number, bytes))

const withPeer = async <A>(peer: Peer, place: Place, body: (opened: Opened) => Promise<A>): Promise<A> => {
  if (place.peers === null) throw new Error("the peers were not made ready")
  const opened = await peer.open({ directory: place.directory, peers: place.peers })
  try {
    return await body(opened)
  } finally {
    await opened.close()
  }
}

const rateOf = (count: number, tookMs: number): number => (count * 1000) / tookMs

const lives = async (opened: Opened, count: number) => {
  const groups = groupsOf(bodiesOf(count), batch)
  const begun = performance.now()
  for (const group of groups) await opened.addAll(group)
  const added = performance.now()
  await opened.work(count)
  return { addingMs: added - begun, workingMs: performance.now() - added }
}

/** Jobs a second from being added, a hundred at a time, until all are completed. */
export const lifecycle =
  (peer: Peer, count: number) =>
  (place: Place): Promise<Sample> =>
    withPeer(peer, place, async (opened) => {
      const own = place.isQuick ? count / 4 : count
      await lives(opened, Math.min(warmUp, own))
      const { addingMs, workingMs } = await lives(opened, own)
      return {
        value: rateOf(own, addingMs + workingMs),
        details: { "added a second": rateOf(own, addingMs), "worked on a second": rateOf(own, workingMs) },
        counters: {}
      }
    })

/** Jobs a second that are kept, one by one, so many of them under way at once. */
export const enqueue =
  (peer: Peer, count: number, width: number) =>
  (place: Place): Promise<Sample> =>
    withPeer(peer, place, async (opened) => {
      const own = place.isQuick ? count / 4 : count
      const bodies = bodiesOf(own)
      const add = (index: number): Promise<void> => opened.add(bodies[index] ?? "")
      await inFlight(Math.min(warmUp, own), width, add)
      const begun = performance.now()
      await inFlight(own, width, add)
      return { value: rateOf(own, performance.now() - begun), details: {}, counters: {} }
    })
