/**
 * I3 on a disk that takes 5 ms for a sync, as those of laptops do, and I9, what an event costs a disk: the way in as a program
 * of its own, whose syncs are delayed and counted.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileOf } from "../harness/Bundle.ts"
import { environment } from "../harness/SampleProcess.ts"
import type { Place, Sample, Scenario } from "../Scenario.ts"
import * as Disk from "../workload/Disk.ts"
import type { Manner } from "../workload/Doors.ts"
import * as HookClient from "../workload/HookClient.ts"
import { eventOf } from "../workload/HookEvents.ts"

const connections = 64
const bytes = 1000
const warmUp = 500
const delayMs = 5

/** Runs the body while such a way in is open. */
const withServer = async <A>(
  manner: Manner,
  { directory, fixture, nodeArgs }: Place,
  delayMs: number,
  body: (socket: string, server: ChildProcess) => Promise<A>
): Promise<A> => {
  const socket = join(directory, "s")
  const server = spawn(
    process.execPath,
    [...nodeArgs, fileOf("HookServer"), manner, join(directory, "store.db"), socket],
    { env: environment(Disk.environmentOf(fixture, directory, delayMs)), stdio: ["ignore", "pipe", "inherit"] }
  )
  const gone = once(server, "exit")
  try {
    const isReady = await Promise.race([once(server.stdout, "data").then(() => true), gone.then(() => false)])
    if (!isReady) throw new Error(`the server ended with ${server.signalCode ?? server.exitCode}`)
    return await body(socket, server)
  } finally {
    server.kill("SIGTERM")
    await gone
  }
}

const load = { connections, lines: 1, bytes }

const slow =
  (manner: Manner, events: number) =>
  (place: Place): Promise<Sample> =>
    withServer(manner, place, delayMs, async (socket) => {
      const count = place.isQuick ? events / 4 : events
      await HookClient.send({ ...load, socket, from: 0, count: Math.min(warmUp, count) })
      const { p99Ms, tookMs } = await HookClient.send({ ...load, socket, from: warmUp, count })
      return { value: (count * 1000) / tookMs, details: { "p99 ms of an answer": p99Ms }, counters: {} }
    })

const shared = {
  kind: "disk",
  better: "higher",
  subjectIs: "program",
  lacks: Disk.lacks,
  prepare: (fixture: string) => Promise.resolve(Disk.make(fixture))
} as const

const single: Manner = "a transaction each"

export const slowGroups: Scenario = {
  ...shared,
  id: "I3-slow",
  title: `the same with ${delayMs} ms more for every sync`,
  unit: "events/s",
  subject: { name: "POST /hooks", run: slow("drover", 20_000) },
  references: [{ name: single, run: slow(single, 400) }],
  goals: [
    { id: "I3 slow disk", reference: single, relation: "atLeast", limit: 25 },
    { id: "I3 slow disk, p99", reference: null, detail: "p99 ms of an answer", relation: "atMost", limit: 50 }
  ]
}

/** Bytes that a process has made the system write to a disk. */
const writtenBy = ({ pid }: ChildProcess): number => {
  const count = /^write_bytes: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]
  if (count === undefined) throw new Error("the system counts no bytes")
  return Number(count)
}

const written = "bytes written for each of an event"

const cost = (place: Place): Promise<Sample> =>
  withServer("drover", place, 0, async (socket, server) => {
    const count = place.isQuick ? 10_000 : 40_000
    await HookClient.send({ ...load, socket, from: 0, count: warmUp })
    const before = { syncs: Disk.syncs(place.directory), written: writtenBy(server) }
    await HookClient.send({ ...load, socket, from: warmUp, count })
    const payload = Buffer.byteLength(eventOf(warmUp, bytes)) * count
    return {
      value: (Disk.syncs(place.directory) - before.syncs) / count,
      details: { [written]: (writtenBy(server) - before.written) / payload },
      counters: {}
    }
  })

export const diskCost: Scenario = {
  ...shared,
  id: "I9",
  title: `what an event costs the disk, ${connections} clients`,
  unit: "syncs/event",
  better: "lower",
  subject: { name: "POST /hooks", run: cost },
  references: [],
  goals: [
    { id: "I9 syncs", reference: null, relation: "atMost", limit: 0.04 },
    { id: "I9 bytes", reference: null, detail: written, relation: "atMost", limit: 8 }
  ]
}
