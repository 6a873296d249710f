/** Every scenario there is, in the order in which they are run. */
import { onCpu, onDisk, onSpawn } from "./scenarios/Same.ts"
import { claims, linearClaims, longClaims } from "./scenarios/Claims.ts"
import { help, statusAll, statusFew, version } from "./scenarios/CommandLine.ts"
import { durableTick } from "./scenarios/DurableTick.ts"
import { fullTick } from "./scenarios/FullTick.ts"
import { acknowledgement, groups, ingest, largeIngest, lines, plainHttp, smallIngest } from "./scenarios/Ingest.ts"
import { memory } from "./scenarios/Memory.ts"
import { hook, hookAgainstNative, hookWriters, ingestCommand } from "./scenarios/Hooks.ts"
import { lifecycle } from "./scenarios/Lifecycle.ts"
import { listeningWithFew, listeningWithMany } from "./scenarios/Listening.ts"
import { oneWrite } from "./scenarios/OneWrite.ts"
import { flatness, oneInHundred, oneInThousand } from "./scenarios/Reconcile.ts"
import { peerEnqueue } from "./scenarios/PeerEnqueue.ts"
import { engines, queuesInSqlite, queueServers } from "./scenarios/PeerLifecycle.ts"
import { redisMemory } from "./scenarios/PeerMemory.ts"
import { recoveryOfJobs, recoveryOfWorkflows } from "./scenarios/PeerRecovery.ts"
import { recovery, recoveryOfMany, recoveryOfMost, recoveryWithHistory } from "./scenarios/Recovery.ts"
import { diskCost, slowGroups } from "./scenarios/SlowDisk.ts"
import { spoolDrain } from "./scenarios/SpoolDrain.ts"
import { steps } from "./scenarios/Steps.ts"
import { storeSize } from "./scenarios/StoreSize.ts"
import { sustained } from "./scenarios/Sustained.ts"
import { transitions } from "./scenarios/Transitions.ts"
import * as Scale from "./scale/Costs.ts"
import type { Kind, Scenario } from "./Scenario.ts"

/** The same work on both sides: what they differ by is this machine's noise. */
export const same: { readonly [K in Kind]: Scenario } = { cpu: onCpu, disk: onDisk, spawn: onSpawn }

export const scenarios: ReadonlyArray<Scenario> = [
  fullTick,
  oneInHundred,
  oneInThousand,
  flatness,
  durableTick,
  lifecycle,
  oneWrite,
  storeSize,
  ingest,
  smallIngest,
  largeIngest,
  lines,
  groups,
  slowGroups,
  plainHttp,
  acknowledgement,
  spoolDrain,
  diskCost,
  hook,
  hookAgainstNative,
  hookWriters,
  ingestCommand,
  version,
  help,
  statusFew,
  statusAll,
  listeningWithFew,
  listeningWithMany,
  recovery,
  recoveryOfMany,
  recoveryOfMost,
  recoveryWithHistory,
  memory,
  transitions,
  steps,
  claims,
  linearClaims,
  longClaims,
  // Writes gigabytes: nothing is measured while they are written back.
  sustained
]

/** Those in which other systems take part: they are installed for a run with `--peers`, which has these alone. */
export const peerScenarios: ReadonlyArray<Scenario> = [
  queuesInSqlite,
  queueServers,
  engines,
  peerEnqueue,
  transitions,
  redisMemory,
  recoveryOfWorkflows,
  recoveryOfJobs
]

export const scenarioOf = (id: string): Scenario => {
  const known = [...scenarios, ...peerScenarios, ...Object.values(same)]
  const found = known.find((scenario) => scenario.id === id) ?? Scale.named(id)
  if (found === null) throw new Error(`there is no scenario ${id}`)
  return found
}
