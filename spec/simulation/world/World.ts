/**
 * A fleet under one or more production supervisors, from one seed: some simulated hours of faults, then none, until
 * everything has come to rest or to a person.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import { createFsFromVolume, Volume } from "memfs"
import { defaults, type Policy } from "../../../core/policy/Policy.ts"
import * as Places from "../../../shell/config/Places.ts"
import { exitFile, startFile } from "../../../shell/process/Wrapper.ts"
import * as Dice from "../../core/tick/simulation/Dice.ts"
import * as Universe from "../adapters/Universe.ts"
import * as Fibers from "../kernel/Fibers.ts"
import { Loop, type Process } from "../kernel/Loop.ts"
import { Batch } from "./Batch.ts"
import { Checks } from "./Checks.ts"
import { Config } from "./Config.ts"
import * as FaultPlan from "./FaultPlan.ts"
import { Faults } from "./Faults.ts"
import { Repositories } from "./git/Repositories.ts"
import * as User from "./git/User.ts"
import { Hooks, sessionOf } from "./Hooks.ts"
import { Hanging } from "./Hanging.ts"
import { HeldSessions } from "./HeldSessions.ts"
import { Host } from "./Host.ts"
import { roles } from "./mail/Session.ts"
import { Sessions } from "./mail/Sessions.ts"
import type { Options, Outcome } from "./Played.ts"
import * as Mechanisms from "./Mechanisms.ts"
import * as Promised from "./Promised.ts"
import * as People from "./People.ts"
import { directories, Programs } from "./Programs.ts"
import { Reader } from "./Reader.ts"
import * as Rest from "./Rest.ts"
import * as Supervisors from "./Supervisors.ts"
import * as Tasks from "./Tasks.ts"
import { Trouble } from "./Trouble.ts"

const second = 1000
const minute = 60 * second
const hour = 60 * minute

/** How long a seed's faults usually go on. In a longer one as much happens, and takes that much longer to come. */
const usualMs = 3 * hour

/** So long after the last fault everything must have come to rest. */
const restWithinMs = 24 * hour

/**
 * Each costs as much as all else in a seed, so a fifth of the seeds has people with sessions, and another fifth a guard
 * that hangs: by turns, so that any five in a row have both, and by a prime, so that each meets all that a seed is for.
 */
const hasSessions = (seed: number): boolean => Math.abs(seed) % 5 === 1
const hasHanging = (seed: number): boolean => Math.abs(seed) % 5 === 3

/** Where files are in memory, as the disk of a supervisor is not the thing to be measured here. */
const scratch = mkdtempSync(
  join(process.env.DROVER_SCRATCH ?? (existsSync("/dev/shm") ? "/dev/shm" : tmpdir()), "drover-simulation-")
)
process.once("exit", () => rmSync(scratch, { recursive: true, force: true }))

const places = Either.getOrThrow(Places.make({ HOME: "/home", DROVER_HOME: "/state" }))

export const simulate = async ({ faultyMs, idle, isShort, seed, tasks, without }: Options): Promise<Outcome> => {
  const dice = Dice.make(seed)
  const stretch = Math.max(1, faultyMs / usualMs)
  const loop = new Loop(Dice.make(dice.throw()))
  const faults = new Faults(loop, Dice.make(dice.throw()))
  const disk = createFsFromVolume(new Volume())
  const folder = mkdtempSync(join(scratch, "seed-"))
  const databaseOf = (path: string): string => join(folder, path.replaceAll("/", "_"))
  const story: Array<string> = []
  const say = (line: string): void => void story.push(`${(loop.now / second).toFixed(1)} ${line}`)
  for (const directory of [...directories, places.stateDirectory]) disk.mkdirSync(directory, { recursive: true })

  const checks: Checks = new Checks({
    host: () => host,
    repositories: () => repositories,
    onMoment: (moment) => trouble.comes(moment),
    say,
    hasRecordedExit: (task, attempt) => disk.existsSync(join(places.attempt(task, attempt), exitFile)),
    isRevoked: (task, attempt) => {
      const token = join(places.attempt(task, attempt), startFile)
      return disk.existsSync(token) && String(disk.readFileSync(token)).trim() === "revoked"
    },
    mail: {
      lives: (session) => sessions.lives(session),
      isBeyondProof: (session) => !sessions.lives(session) && session.machine.host !== host.machine.host,
      wall: () => host.wall(loop.now)
    }
  })
  const repositories = new Repositories(places.worktrees, disk, checks.landed.watcher)
  const programs = new Programs({
    seed: dice.throw(),
    wall: () => host.wall(loop.now),
    repositories: () => repositories,
    passed: checks.landed.passed,
    later: (marker, afterMs, what) =>
      loop.after(null, afterMs, () => {
        if (host.machine.processes.some((process) => process.marker === marker)) what()
      })
  })
  const host: Host = new Host(
    loop,
    (request) => {
      checks.requested(request)
      return programs.script(request)
    },
    (marker) => {
      programs.began(marker)
      checks.started(marker)
    }
  )
  const readers: Array<Reader> = []
  const held = new HeldSessions({
    host: () => host,
    disk,
    folder: places.sessionPolicies,
    broken: (requirement, what) => checks.broken(requirement, what)
  })
  checks.onBegan = (marker, task, what) => {
    const [reader] = readers
    if (what === "an agent" && reader !== undefined) held.started(marker, task, reader)
  }
  // Without the program that agents run as a hook nobody could be held.
  disk.writeFileSync(places.hook, "", { mode: 0o755 })
  Universe.enter({
    loop,
    dice: Dice.make(dice.throw()),
    disk,
    databaseOf,
    caller: () => sessions.caller(),
    onDecided: (action) => trouble.decided(action),
    onCommit: () => {
      if (readers.length === 0) readers.push(new Reader(databaseOf(places.database)))
      if (sessions.isHook(loop.current)) return
      for (const reader of readers) checks.committed(reader, loop.current?.name ?? "")
      held.look()
    }
  })

  const onDrift: Policy["onDrift"] = dice.chance(0.5) ? "block" : "warn"
  const config = new Config({ ...defaults, maxConcurrent: 4, onDrift }, dice.chance(0.7))
  const batch = new Batch(Tasks.drawAll(Dice.make(dice.throw()), tasks, idle), Math.ceil(tasks / stretch))
  const hooks = new Hooks({
    dice: Dice.make(dice.throw()),
    wall: () => host.wall(loop.now),
    later: (afterMs, what) => loop.after(null, afterMs, what),
    sessions: () => host.machine.processes.flatMap(({ marker }) => (marker === null ? [] : [sessionOf(marker)]))
  })
  const setting: Supervisors.Setting = {
    loop,
    host,
    disk,
    repositories,
    treeOf: programs.treeOf,
    looked: (process) => checks.sights.looked(process, loop, host.wall(loop.now)),
    places,
    config,
    hooks
  }
  const present = new Set<Process>()
  let born = 0
  let isFaulty = true
  let hasFailed = false

  const begin = (): void => {
    // It would say what is wrong with it, and not begin.
    if (config.isNonsense) return
    const name = `supervisor ${++born}`
    say(`${name} starts`)
    const process = Supervisors.supervise(setting, name, (why) => {
      present.delete(process)
      say(`${name}: ${why.split("\n")[0]}`)
      if (!isFaulty && !Mechanisms.isTold(why, readers[0])) checks.broken("GRD-2", `${name} died, and nobody is told`)
    })
    process.onDeath.push(() => {
      if (!present.delete(process)) return
      say(`${name} is killed`)
    })
    present.add(process)
  }

  const unlock = (): void => disk.rmSync(places.lock, { force: true })

  const command = <A, E>(name: string, effect: Parameters<typeof Supervisors.command<A, E>>[2], onEnd = (_: A) => {}) =>
    Supervisors.command(setting, name, effect, (exit) => {
      if (Exit.isSuccess(exit)) onEnd(exit.value)
      say(`${name}: ${Exit.isSuccess(exit) ? JSON.stringify(exit.value) : "failed"}`)
    })

  const sessions: Sessions = new Sessions({
    roles: hasSessions(seed) ? roles : [],
    loop,
    host: () => host,
    seed: dice.throw(),
    stretch,
    mailing: checks.mailing,
    database: () => readers[0],
    say,
    tell: (event) => hooks.tell(event),
    hook: (name, asked, onEnd) => Supervisors.hook(setting, name, asked, onEnd),
    doomed: (process) => (dice.chance(0.5) ? faults.silence(process) : faults.doom(process, 80, dice, "hook killed")),
    command,
    works: (directory) => programs.change(directory)
  })

  /** Somebody sees to it that a supervisor runs. */
  const tend = (): void => {
    if (present.size === 0) begin()
    loop.after(null, isFaulty ? 1 + dice.below(2 * minute) : 5 * second, tend)
  }

  const mechanisms = Mechanisms.attach({ loop, faults, hooks, lock: places.lock, say })
  const hanging = new Hanging({
    loop,
    dice: Dice.make(dice.throw()),
    mechanisms,
    present,
    database: () => readers[0],
    broken: (requirement, what) => checks.broken(requirement, what),
    say
  })

  const planned = FaultPlan.draw(Dice.make(dice.throw()), faultyMs, seed, stretch)
  const plan = planned.filter((_, index) => !without.has(index))
  const trouble = new Trouble(
    {
      loop,
      host,
      checks,
      faults,
      programs,
      mechanisms,
      repositories,
      sessions,
      config,
      batch,
      present,
      begin,
      unlock,
      command,
      say
    },
    plan
  )

  command("submit", batch.submit)
  const comesLater = Dice.make(seed)
  for (let left = batch.left; left > 0; left--)
    loop.after(null, comesLater.below(faultyMs), () => command("somebody adds a task", batch.grow(1)))
  loop.after(null, second, tend)
  const isEnough = (): boolean => hasFailed || (isShort && checks.violations.length > 0)
  /** Whatever is wrong with the simulation itself is told with its story too. */
  const running = (isOver: () => boolean): Promise<void> =>
    loop
      .run(() => isOver() || isEnough())
      .catch((cause: unknown) => {
        for (const line of loop.lately().slice(0, 10)) say(line)
        checks.broken("TCK-2", String(cause))
        hasFailed = true
      })
  await running(() => loop.now >= faultyMs)

  isFaulty = false
  programs.areFaulty = false
  hooks.calm()
  trouble.end()
  faults.end()
  mechanisms.end()
  repositories.end()
  for (const repository of repositories.all) User.tidy(repository, dice)
  // Somebody mends the configuration, and starts anew, so that what is in force is what is written.
  config.isNonsense = false
  for (const process of present) process.kill()
  say("the faults stop")
  sessions.calm()
  if (hasHanging(seed)) hanging.begin()
  else mechanisms.dieLater(loop, present, dice)
  command("drain no more", People.drain(false))
  if (batch.left > 0) command("somebody adds the rest", batch.grow(batch.left))
  let left: ReadonlyArray<string> = ["nobody has looked"]
  const looks = (): void => {
    const unread = readers.flatMap((reader) => checks.mailing.unsettled(reader))
    command("look", Rest.unsettled(config.policy.maxConcurrent), (found) => {
      const hangs = hanging.isOver || !hasHanging(seed) ? [] : ["a guard hangs"]
      left = [...found, ...unread, ...hangs, ...(batch.left > 0 ? ["tasks are still to be added"] : [])]
    })
    loop.after(null, 10 * minute, looks)
  }
  loop.after(null, minute, looks)
  const end = loop.now + restWithinMs
  await running(() => left.length === 0 || loop.now >= end)
  const isWhole = !isEnough()
  if (isWhole) for (const what of left) checks.broken("TCK-8", what)
  const processes = host.machine.processes.filter(({ marker }) => marker !== null)
  if (left.length === 0 && processes.length > 0) checks.broken("EXE-2", `${processes.length} processes are left over`)
  if (isWhole && left.length === 0)
    for (const what of checks.landed.atRest()) checks.broken("WRK-4", `landings are over, and ${what}`)
  let isTold = false
  command("history", Rest.history, (found) => {
    checks.violations.push(...found)
    isTold = true
  })
  await running(() => isTold || loop.now >= end + hour)
  if (!isEnough() && !isTold) checks.broken("STO-2", "the history can not be read")
  for (const process of present) process.kill()
  const promised = new Map<string, number>()
  for (const reader of readers) {
    for (const source of hooks.wrong(reader))
      checks.broken("ING-3", `${source} was acknowledged, and is not there once`)
    if (isWhole && left.length === 0) {
      checks.mailing.atRest(reader)
      held.atRest(reader)
    }
    for (const [requirement, what] of Promised.wrong(reader)) checks.broken(requirement, what)
    for (const [name, count] of Object.entries(Promised.counts(reader))) promised.set(name, count)
    reader.close()
  }
  rmSync(folder, { recursive: true, force: true })
  Fibers.forgetAll()
  const own = [checks, checks.landed, checks.limits, checks.sights, hooks, held, hanging, checks.mailing, sessions]
  const counts = new Map<string, number>([
    ...faults.counts,
    ...promised,
    ...own.flatMap((each) => Object.entries<number>(each.counts)),
    ["supervisors", born],
    ...trouble.met
  ])
  return { violations: checks.violations, story, simulatedMs: loop.now, faults: plan.length, counts }
}
