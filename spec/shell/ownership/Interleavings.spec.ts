/**
 * Supervisors that come to one lock, in every order of their single operations on files that chance finds, with deaths
 * after any of them. What holds is checked after every step.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Healing, noHealing } from "../../../core/ownership/Classify.ts"
import * as Evidence from "../../../core/ownership/Evidence.ts"
import type { Script } from "../../../shell/ownership/Probes.ts"
import { supervisors } from "./Bundle.ts"
import { lockOf, recordOf, share, volume } from "./Folder.ts"
import { inUse, leave, shapes } from "./Remains.ts"
import type { Hands } from "./SteppedSupervisor.ts"
import { type Turn, Turns } from "./Turns.ts"

const most = 5
/** Made when specs are run: whoever only asks for their titles leaves nothing behind. */
let folder = ""
let modules: Awaited<ReturnType<typeof supervisors>> = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "drover-turns-"))
  modules = await supervisors(folder, most)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the file says now, by nobody's code but the spec's. */
const ownerIn = (home: string): string | null => {
  try {
    return JSON.parse(readFileSync(lockOf(home), "utf8")).owner
  } catch {
    return null
  }
}

/** Milliseconds for all cases of a property. */
const patience = 60_000 + (fc.readConfigureGlobal().numRuns ?? 0) * 600

/** Nobody of the remains lives, nor whoever died on the way. */
const remainsPid = 4242

class World {
  readonly turns = new Turns()
  readonly dead = new Set([remainsPid])
  /** Who was told that it owns the lock, and under which name. */
  readonly owning = new Map<number, string>()
  now = 1_000_000
  acquired = 0
  readonly home: string

  constructor(home: string) {
    this.home = home
  }

  /** A supervisor with the number of its process, on a host. */
  enter(actor: number, find: Partial<Script> = {}, hostname = "here"): Hands {
    const module = modules[actor]
    if (module === undefined) throw new Error("there are no more supervisors")
    const pid = actor + 1
    const self = { pid, pidStart: `${pid}`, bootId: "boot", hostId: null, hostname }
    const script: Script = {
      self,
      process: (lock) => (this.dead.has(lock.pid) ? "Dead" : "Alive"),
      heartbeat: (lock) => Evidence.heartbeat(lock, this.now),
      volume: () => volume("Local"),
      ...find
    }
    module.setGate(() => this.turns.gate(actor))
    return module.scripted(
      this.home,
      script,
      () => this.now,
      () => this.turns.gate(actor)
    )
  }

  async acquire(actor: number, hands: Hands, healing: Healing = noHealing): Promise<string | null> {
    const answer = await hands.acquire(healing)
    if ("refused" in answer) return answer.refused
    this.owning.set(actor, answer.owner)
    this.acquired += 1
    return null
  }

  async release(actor: number, hands: Hands): Promise<void> {
    this.owning.delete(actor)
    await hands.release()
  }

  /** Of all that believe to own the lock there is one, and the file says so too. */
  check(): void {
    if (this.owning.size > 1) expect([...this.owning.keys()]).toHaveLength(1)
    for (const owner of this.owning.values()) if (ownerIn(this.home) !== owner) expect(ownerIn(this.home)).toBe(owner)
  }

  died(actor: number): void {
    this.dead.add(actor + 1)
    this.owning.delete(actor)
  }
}

const scenario = async (body: (world: World) => Promise<void>): Promise<void> => {
  const home = await mkdtemp(join(folder, "home-"))
  try {
    await mkdir(home, { recursive: true })
    await body(new World(home))
  } finally {
    for (const module of modules) await module.closeAll()
    await rm(home, { recursive: true, force: true })
  }
}

/** From one step to so many that one is done with a whole takeover while the others stand where they stood. */
const turn = (deaths: number): fc.Arbitrary<Turn> =>
  fc.record({
    actor: fc.nat(most),
    steps: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 40 }), fc.integer({ min: 40, max: 120 })),
    isDeath: deaths === 0 ? fc.constant(false) : fc.nat(99).map((chance) => chance < deaths)
  })

type Command = "acquire" | "beat" | "release"
const program: fc.Arbitrary<ReadonlyArray<Command>> = fc.array(
  fc.oneof({ weight: 2, arbitrary: fc.constant<Command>("acquire") }, fc.constantFrom<Command>("beat", "release")),
  { minLength: 1, maxLength: 5 }
)

const racing = (deaths: number) =>
  fc.record({
    shape: fc.nat(shapes - 1),
    programs: fc.array(program, { minLength: 2, maxLength: most - 1 }),
    turns: fc.array(turn(deaths), { maxLength: 30 })
  })

const race = ({ programs, shape, turns }: typeof racing extends (n: number) => fc.Arbitrary<infer A> ? A : never) =>
  scenario(async (world) => {
    await leave(world.home, shape, (owner) => recordOf(owner, { pid: remainsPid }, { hostId: null }))
    const live = (commands: ReadonlyArray<Command>, actor: number) => async () => {
      const hands = world.enter(actor)
      for (const command of ["acquire" as const, ...commands]) {
        const isOwner = world.owning.has(actor)
        if (command === "acquire" && !isOwner) {
          expect([null, "LiveOwner"]).toContain(await world.acquire(actor, hands))
        }
        if (command === "beat" && isOwner) expect(await hands.beat()).toBe(true)
        if (command === "release" && isOwner) await world.release(actor, hands)
      }
    }
    await world.turns.run(programs.map(live), turns, (dead) => {
      if (dead !== null) world.died(dead)
      world.check()
    })
    // One more comes when all have done what they wanted: it is refused by whoever lives, and else owns the lock.
    const last = most - 1
    const isFree = world.owning.size === 0
    if (isFree && world.dead.size === 1) expect(world.acquired).toBeGreaterThan(0)
    await world.turns.run(
      Array.from({ length: most }, (_, actor) => async () => {
        if (actor !== last) return
        expect(await world.acquire(actor, world.enter(actor))).toBe(isFree ? null : "LiveOwner")
      }),
      [],
      () => world.check()
    )
    if (!isFree) return
    // What somebody died over before it had a name looks as if it were still being written.
    const left = (await inUse(world.home)).filter((name) => world.dead.size === 1 || !name.includes(".new-"))
    expect(left).toEqual(["supervisor.lock"])
  })

it(
  "OWN-4 in whatever order supervisors take, beat and release, one at most owns the lock, and the file names it",
  async () => {
    await fc.assert(fc.asyncProperty(racing(0), race), { numRuns: share(0.25) })
  },
  patience
)

it(
  "OWN-4 whoever dies, after any step, stops nobody and lets no second one in",
  async () => {
    await fc.assert(fc.asyncProperty(racing(8), race), { numRuns: share(0.25) })
  },
  patience
)

it(
  "OWN-6 a heartbeat or a release that is under way when the lock is taken over leaves the heir's record alone",
  async () => {
    const heal: Healing = { autoHeal: true, dryRun: false }
    const given = fc.record({
      owner: fc.array(fc.constantFrom<Command>("beat", "release"), { minLength: 1, maxLength: 4 }),
      turns: fc.array(turn(0), { maxLength: 60 })
    })
    let taken = 0
    let kept = 0
    await fc.assert(
      fc.asyncProperty(given, ({ owner, turns }) =>
        scenario(async (world) => {
          // Its process is not seen from where the others look, and it gave no sign of life for long: they are wrong.
          const first = world.enter(0, {}, "old name")
          await world.turns.run(
            [async () => expect(await first.acquire(noHealing)).toHaveProperty("owner")],
            [],
            () => undefined
          )
          world.now += Evidence.staleAfterMs
          let isBeating = false
          const lose = async () => {
            world.enter(0, {}, "old name")
            for (const command of owner) {
              if (command === "beat") isBeating = await first.beat()
              else await first.release()
            }
          }
          const take = (actor: number) => async () => {
            const hands = world.enter(actor, { process: (lock) => (lock.pid === 1 ? "Dead" : "Alive") }, "new name")
            const refused = await world.acquire(actor, hands, heal)
            expect([null, "LiveOwner", "Unprovable"]).toContain(refused)
            if (refused === null) expect(await hands.beat()).toBe(true)
          }
          await world.turns.run([lose, take(1), take(2)], turns, () => world.check())
          if (world.owning.size > 0) {
            taken += 1
            await world.turns.run([async () => expect(await first.beat()).toBe(false)], [], () => world.check())
          } else if (isBeating) kept += 1
        })
      ),
      { numRuns: share(0.5) }
    )
    // Both ends of the race were seen, or this says nothing.
    expect(taken).toBeGreaterThan(0)
    expect(kept).toBeGreaterThan(0)
  },
  patience
)
