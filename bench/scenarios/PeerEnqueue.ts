/** I5: what is kept durably, one by one, with sixty-four under way at once: events of ours, jobs of other queues. */
import * as BullMq from "../peers/BullMq.ts"
import { dbos } from "../peers/Dbos.ts"
import { graphileWorker } from "../peers/GraphileWorker.ts"
import { enqueue } from "../peers/Jobs.ts"
import type { Peer } from "../peers/Peer.ts"
import { pgBoss } from "../peers/PgBoss.ts"
import * as Plainjob from "../peers/Plainjob.ts"
import type { Scenario } from "../Scenario.ts"
import { groups } from "./Ingest.ts"

const width = 64

/** Jobs of each that take a second or so, and how much faster drover is to be. */
const peers: ReadonlyArray<readonly [peer: Peer, count: number, limit: number]> = [
  [BullMq.always, 20_000, 1],
  [Plainjob.full, 8000, 2.5],
  [pgBoss, 4000, 5],
  [graphileWorker, 2000, 10],
  [dbos, 1000, 25]
]

export const peerEnqueue: Scenario = {
  id: "I5",
  title: "kept durably, sixty-four under way: events of ours, jobs of others",
  kind: "disk",
  unit: "kept/s",
  better: "higher",
  subjectIs: "process",
  subject: groups.subject,
  references: peers.map(([peer, count]) => ({
    name: peer.name,
    needs: peer.needs,
    run: enqueue(peer, count, width)
  })),
  goals: peers.map(([peer, , limit]) => ({
    id: `I5 ${peer.name}`,
    reference: peer.name,
    relation: "atLeast",
    limit
  }))
}
