/**
 * The built program over real processes: its supervisor is killed with SIGKILL at random moments, and nothing is lost,
 * doubled or left behind. `DROVER_KILLS` says how often (20 when not given), `DROVER_SEED` which story.
 */
import { rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { groupBy } from "effect/Array"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import type { AttemptRecord } from "../../core/execution/AttemptRecord.ts"
import { holdsSlot } from "../../core/execution/Execution.ts"
import type { TaskId } from "../../core/task/Identifiers.ts"
import { fold } from "../../core/task/Record.ts"
import { directoryOf, type Task } from "../../core/task/Task.ts"
import { isSettled } from "../../core/tick/Stuck.ts"
import * as Found from "./Found.ts"
import * as Journal from "./Journal.ts"
import * as Landed from "./Landed.ts"
import * as LandingPromises from "./LandingPromises.ts"
import * as Lands from "./Lands.ts"
import * as Machine from "./Machine.ts"
import type { End, Expectation, Planned } from "./Plan.ts"
import { flood, lastWord } from "./Scripts.ts"
import { policy, type Story, Torture } from "./Torture.ts"

const kills = Number(process.env.DROVER_KILLS ?? "20")
/** The program of `npm run torture` kills itself; it is named by `DROVER_PROGRAM`. */
const atBoundaries = process.env.DROVER_AT_BOUNDARIES !== undefined
const seed = inject("seed")
const limitMs = 600_000 + kills * 3000

let torture: Torture
let root: string
let story: Story
let found: Found.Found
let lines: ReadonlyArray<Journal.Line>
let left: ReadonlyArray<Machine.Alive>

/** The markers of all attempts, whether or not a run's name follows, and of all landings. */
const markers = (): ReadonlySet<string> =>
  new Set(
    found.tasks.flatMap((one) => [
      ...one.attempts.map(({ marker }) => marker),
      ...Landed.markers(join(root, "home"), one)
    ])
  )

const planned = (): ReadonlyArray<Planned> => story.batches.flatMap(({ tasks }) => tasks)

/** Every planned task with what was found of it. */
const pairs = (): ReadonlyArray<readonly [Planned, Found.FoundTask]> =>
  planned().flatMap((task) => {
    const own = found.byName.get(task.name)
    return own === undefined ? [] : [[task, own] as const]
  })

/** What a plan leads to, where it has landed as often as it has. */
const expectedOf = ([{ expected }, found]: readonly [Planned, Found.FoundTask]): Expectation =>
  Lands.mended(expected, Landed.strikes(found).length)

const byTask = <A>(of: (task: Planned, own: Found.FoundTask) => A): Readonly<Record<string, A>> =>
  Object.fromEntries(pairs().map(([task, own]) => [task.name, of(task, own)]))

const endOf = ({ execution, stage }: Task): End | string => {
  if (execution._tag !== "Idle") return `${stage._tag}/${execution._tag}`
  switch (stage._tag) {
    case "Done":
      return stage.verified ? "Done" : "Unverified"
    case "Blocked":
      if (stage.reason._tag === "NoCommits") return "NoCommits"
      if (stage.reason._tag === "LaunchFailed") return `Blocked: ${stage.reason.reason}`
      return stage.reason._tag === "RetriesExhausted" ? "Blocked" : `Blocked: ${stage.reason._tag}`
    case "Backlog":
      return "Waiting"
    default:
      return stage._tag
  }
}

const isAgents = ({ who }: Journal.Start): boolean => who === "agent" || who === "judge" || who === "merger"
const isVerifiers = ({ who }: Journal.Start): boolean => who.startsWith("verifier")

const startsOf = (name: string): ReadonlyArray<Journal.Start> =>
  Journal.starts(lines).filter(({ task }) => task === name)

/** Attempts that ran while one supervisor was gone and the next one came. */
const outlived = (): ReadonlyArray<AttemptRecord> => {
  const starts = found.events.flatMap(({ at, type }) => (type === "supervisor.started" ? [Date.parse(at)] : []))
  return found.tasks
    .flatMap(({ attempts }) => attempts)
    .filter(({ endedAt, startedAt }) =>
      starts.some((at) => startedAt !== null && startedAt < at && at < (endedAt ?? 0))
    )
}

const seen = (): LandingPromises.Seen => ({ root, lines, pairs: pairs() })

/** For `npm run torture`, which prints it. */
const counted = () => {
  const { boundaries, kills, seconds, superseded } = story.counts
  const timesAt = (signal: keyof typeof boundaries): number =>
    [...boundaries[signal].values()].reduce((sum, times) => sum + times, 0)
  const perMarker = Object.values(groupBy(Journal.starts(lines), ({ marker }) => marker))
  const seqs = found.events.map(({ seq }) => seq)
  return {
    killed: Object.fromEntries(boundaries.SIGKILL),
    stopped: Object.fromEntries(boundaries.SIGSTOP),
    counts: {
      kills,
      "kills at boundaries": timesAt("SIGKILL"),
      "boundaries, by effect and action": boundaries.SIGKILL.size,
      "stops at boundaries": timesAt("SIGSTOP"),
      "boundaries stopped at": boundaries.SIGSTOP.size,
      superseded,
      tasks: found.tasks.length,
      "programs started": perMarker.length,
      "most starts of one attempt or run": Math.max(0, ...perMarker.map(({ length }) => length)),
      "live twins": Journal.breaches(lines).length + Journal.overlaps(lines).length,
      "processes left over": left.length,
      ...LandingPromises.counts(seen()),
      "acknowledged tasks lost": [...story.person.submitted.keys()].filter((key) => !found.byName.has(key)).length,
      "gaps in the ledger": seqs.filter((seq, index) => seq !== index + 1).length,
      "tasks with another end than planned": pairs().filter(([{ expected }, { task }]) => endOf(task) !== expected.end)
        .length,
      "seconds to converge after the last kill": seconds.at(-1) ?? 0
    }
  }
}

beforeAll(async () => {
  torture = new Torture({ seed, kills, tasks: 26, atBoundaries })
  root = torture.site.root
  story = await torture.run()
  found = await Found.read(story.site)
  lines = Journal.read(root)
  const own = markers()
  left = Machine.belonging(root, (marker) => own.has(marker.split(".")[0] ?? ""), new Set([process.pid]))
  const failures = found.tasks.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome === "LaunchFailed")
  const adopted = found.events.filter((event) => event.type === "task.attempt" && event.phase === "adopted")
  const started = Journal.starts(lines)
  const landings = LandingPromises.counts(seen())
  if (process.env.DROVER_COUNTS !== undefined) writeFileSync(process.env.DROVER_COUNTS, JSON.stringify(counted()))
  console.log(
    `crash: seed ${seed} · ${story.counts.kills} kills (${story.counts.beforeWork} before any work), ` +
      `${story.counts.stalls} stalls, ${story.counts.superseded} superseded, ${story.counts.starts} starts in ${story.counts.seconds.join(" + ")} s · ` +
      `${planned().length} tasks in ${story.batches.length} batches, ${story.person.submitted.size} submitted · ` +
      `${started.filter(isAgents).length} agents, ${started.filter(isVerifiers).length} verifiers, ` +
      `${Object.entries(landings)
        .map(([name, count]) => `${count} ${name}`)
        .join(", ")}, ` +
      `${outlived().length} attempts outlived a supervisor, ${adopted.length} before they were seen, ` +
      `${failures.length} starts revoked · ${found.events.length} events`
  )
}, limitMs)

afterAll(async () => {
  await torture.stop()
  // What is killed here was written down by our own programs, or was found to belong to them above.
  for (const { born, pid } of Journal.processes(Journal.read(root))) Machine.end(pid, born)
  for (const { pid } of left ?? []) {
    const born = Machine.bornAt(pid)
    if (born !== null) Machine.end(pid, born)
  }
  if (process.env.DROVER_KEEP === undefined) rmSync(root, { recursive: true, force: true })
  else console.log(`crash: kept in ${root}`)
}, limitMs)

describe(`${kills} kills`, () => {
  it("STO-3 no command and no supervisor ended in any other way than it was told or killed", () => {
    expect(story.surprises).toEqual([])
    expect(story.counts.kills).toBeGreaterThanOrEqual(kills)
  })

  it("STO-5 every task of a file is stored exactly once, however often its submission was cut short", () => {
    const names = [...planned().map(({ name }) => name), ...story.person.submitted.keys()]
    expect(found.tasks.map(({ task }) => task.spec.name).toSorted()).toEqual(names.toSorted())
  })

  it("STO-3 what was acknowledged is there: a key keeps its id, and its task is worked once", () => {
    const ids = [...story.person.submitted].map(([key]) => [key, found.byName.get(key)?.task.id])
    expect(ids).toEqual([...story.person.submitted])
    expect(startsOf("keyed")).toHaveLength(story.person.submitted.size)
  })

  it("STO-3 the file passes SQLite's own check", () => {
    expect(found.problems).toEqual([])
  })

  it("TCK-8 every task is done, needs a person or waits for one that does, exactly as its plan says", () => {
    expect(byTask((_, { task }) => endOf(task))).toEqual(byTask(({ expected }) => expected.end))
  })

  it("TCK-8 nothing can move without a person any more", () => {
    const tasks = new Map(found.tasks.map(({ task }) => [task.id, task]))
    const fleet = {
      tasks,
      maxConcurrent: policy.maxConcurrent,
      unprovable: new Set<TaskId>(),
      paused: new Set<TaskId>(),
      windows: new Map()
    }
    expect([...tasks.values()].filter((task) => !isSettled(fleet, task)).map(({ id }) => id)).toEqual([])
  })

  it("EXE-1 no two programs were at work in a directory at once: agents, verifiers, or what they left behind", () => {
    expect(Journal.breaches(lines)).toEqual([])
    expect(Journal.overlaps(lines)).toEqual([])
  })

  it("EXE-12 no attempt and no run started twice", () => {
    const started = Journal.starts(lines).map(({ marker }) => marker)
    expect(started.filter((marker, index) => started.indexOf(marker) !== index)).toEqual([])
  })

  it("STO-1 whoever started had its intent stored before", () => {
    const known = found.tasks.flatMap(({ attempts, verifications }) =>
      attempts.flatMap(({ attempt, marker }) => [
        marker,
        ...verifications.filter((run) => run.attempt === attempt.number).map(({ run }) => `${marker}.v${run}`)
      ])
    )
    known.push(...found.tasks.flatMap((one) => Landed.markers(join(root, "home"), one)))
    expect(Journal.starts(lines).filter(({ marker }) => !known.includes(marker))).toEqual([])
  })

  it("EXE-3 agents were started exactly as often as their plans need: no kill cost or gave an attempt", () => {
    const outcomes = byTask((_, { attempts }) =>
      attempts
        .filter(({ attempt, outcome }) => attempt.mode !== "VerifyOnly" && outcome !== "LaunchFailed")
        .map(({ outcome }) => outcome)
    )
    expect(outcomes).toEqual(byTask((...pair) => expectedOf(pair).outcomes))
    expect(byTask(({ name }) => startsOf(name).filter(isAgents).length)).toEqual(
      byTask((...pair) => expectedOf(pair).outcomes.length)
    )
  })

  it("EXE-12 an attempt whose start was revoked has started nothing", () => {
    const revoked = found.tasks.flatMap(({ attempts }) => attempts).filter(({ outcome }) => outcome === "LaunchFailed")
    const started = new Set(Journal.starts(lines).map(({ marker }) => marker))
    expect(revoked.filter(({ marker }) => started.has(marker))).toEqual([])
  })

  it("EXE-15 work was judged without an agent only where nobody could know that nothing had changed", () => {
    const judged = byTask((_, { attempts }) => attempts.filter(({ attempt }) => attempt.mode === "VerifyOnly").length)
    expect(judged).toEqual(byTask(({ expected }) => expected.verifyOnly))
  })

  it("EXE-14 every verifier ran exactly as often as its plan needs, and no verdict was lost or doubled", () => {
    const verdicts = byTask((_, { verifications }) =>
      verifications.flatMap(({ verdict }) => (verdict === null ? [] : [verdict]))
    )
    expect(verdicts).toEqual(byTask((...pair) => expectedOf(pair).verdicts))
    expect(byTask(({ name }) => startsOf(name).filter(isVerifiers).length)).toEqual(
      byTask((...pair) => expectedOf(pair).verdicts.length)
    )
  })

  it("EXE-9 what the agents cost is counted once, whoever read their output", () => {
    expect(byTask((_, { task }) => task.facts.spentUsd)).toEqual(byTask((...pair) => expectedOf(pair).spentUsd))
  })

  it("PRC-1 no line of an agent's output is missed: all of it is read, to its last word", () => {
    for (const [{ plan, name }, { attempts, task }] of pairs()) {
      if (!plan.agent.includes("flood")) continue
      for (const { attempt, progress } of attempts.filter(({ outcome }) => outcome === "Clean")) {
        const output = join(root, "home", "attempts", `${task.id}.${attempt.number}`, "stdout.jsonl")
        expect(progress).toMatchObject({
          offset: statSync(output).size,
          toolTurns: flood.toolTurns,
          lastMessage: lastWord(name, 1)
        })
      }
    }
  })

  it("PRC-1 agents outlive their supervisor", () => {
    // Or the rest would prove little; without a kill there is nothing to outlive.
    expect(outlived().length).toBeGreaterThanOrEqual(Math.min(1, Math.floor(kills / 10)))
  })

  it("PRC-2 no process is left: none with a marker, none in a directory, none that was told of a batch", () => {
    expect(left).toEqual([])
  })

  it("EXE-2 every attempt and run that began has ended", () => {
    const open = found.tasks
      .flatMap(({ attempts }) => attempts)
      .filter(({ attempt, endedAt }) => endedAt === null && attempt.mode !== "VerifyOnly")
    expect(open).toEqual([])
  })

  it("TCK-9 the ledger folds to the stored tasks", () => {
    for (const { created, ledger, task } of found.tasks) {
      expect(ledger.map(({ revision }) => revision)).toEqual(ledger.map((_, index) => index + 1))
      expect(
        fold(
          created,
          ledger.map(({ event }) => event)
        )
      ).toEqual(task)
    }
  })

  it("TCK-3 at no moment did more tasks hold a place than there are, or two of them a directory", () => {
    const now = new Map(found.tasks.map(({ created }) => [created.id, created]))
    const rows = found.tasks.flatMap(({ ledger }) => ledger).toSorted((a, b) => a.seq - b.seq)
    for (const row of rows) {
      const before = now.get(row.task)
      const after = before === undefined ? null : fold(before, [row.event])
      if (after === null) throw new Error(`row ${row.seq} does not apply`)
      now.set(row.task, after)
      const holders = [...now.values()].filter(({ execution }) => holdsSlot(execution))
      const directories = holders.map(directoryOf).filter((directory) => directory !== null)
      expect(holders.length, `row ${row.seq}`).toBeLessThanOrEqual(policy.maxConcurrent)
      expect(new Set(directories).size, `row ${row.seq}`).toBe(directories.length)
    }
  })

  LandingPromises.promises(seen)

  it("API-3 the v1 stream has no gap and no repeat, at the end and for a reader who came back between kills", () => {
    const seqs = found.events.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, index) => index + 1))
    expect(story.readSeqs).toEqual(seqs)
  })

  it("STO-1 every row of the ledger has its event, and every transition its row", () => {
    const transitions = found.events.filter(
      (event) => event.type === "task.transition" && event.cause.by !== "submission"
    )
    const rows = found.tasks.flatMap(({ ledger }) => ledger.map(({ seq }) => seq)).toSorted((a, b) => a - b)
    expect(transitions.map(({ seq }) => seq)).toEqual(rows)
  })

  it("OWN-7 every supervisor that took over has an epoch of its own", () => {
    const epochs = found.events.flatMap((event) => (event.type === "supervisor.started" ? [event.epoch] : []))
    expect(epochs).toEqual(epochs.map((_, index) => index + 1))
    expect(epochs.at(-1)).toBe(found.epoch)
  })
})
