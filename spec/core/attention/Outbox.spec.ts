import fc from "fast-check"
import { expect, it } from "vitest"
import * as Outbox from "../../../core/attention/Outbox.ts"

const channel = "command"
const open = (id: number, isAcknowledged = false): Outbox.Open => ({ id, isAcknowledged })

/** A channel that is asked again and again, with a clock of its own. */
class World {
  now = 1_000_000
  readonly items: Array<Outbox.Open> = []
  readonly deliveries = new Map<number, Outbox.Delivery>()
  readonly calls: Array<{ readonly at: number; readonly ids: ReadonlyArray<number> }> = []

  choose(): Outbox.Choice<Outbox.Open> {
    const { deliveries, items, now } = this
    const calls = this.calls.map(({ at }) => at)
    return Outbox.choose({ items, deliveries: [...deliveries.values()], calls }, now)
  }

  /** Tells what is to be told now; `trouble` null: it works; undefined: it dies in the middle. */
  turn(trouble: string | null | undefined): Outbox.Choice<Outbox.Open> {
    const choice = this.choose()
    if (choice._tag === "Wait") return choice
    const ids = choice.items.map(({ id }) => id)
    this.calls.push({ at: this.now, ids })
    for (const id of ids) {
      const begun = Outbox.begun(this.deliveries.get(id) ?? null, id, channel, this.now)
      this.deliveries.set(id, trouble === undefined ? begun : Outbox.ended(begun, trouble, this.now))
    }
    return choice
  }

  /** As often as it takes until nothing is left to be told, with the waits that it asks for. */
  settle(trouble: string | null): void {
    for (;;) {
      const choice = this.turn(trouble)
      if (choice._tag === "Tell") continue
      if (choice.until === null) return
      expect(choice.until).toBeGreaterThan(this.now)
      this.now = choice.until
    }
  }
}

type Step =
  | { readonly _tag: "Raise" }
  | { readonly _tag: "Acknowledge"; readonly which: number }
  | { readonly _tag: "Wait"; readonly ms: number }
  | { readonly _tag: "Turn"; readonly how: "works" | "fails" | "dies" }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ _tag: "Raise" }) },
  { weight: 1, arbitrary: fc.nat(20).map((which): Step => ({ _tag: "Acknowledge", which })) },
  { weight: 2, arbitrary: fc.nat(90_000).map((ms): Step => ({ _tag: "Wait", ms })) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom("works" as const, "fails" as const, "dies" as const)
      .map((how): Step => ({ _tag: "Turn", how }))
  }
)

const run = (steps: ReadonlyArray<Step>): World => {
  const world = new World()
  for (const each of steps) {
    switch (each._tag) {
      case "Raise":
        world.items.push(open(world.items.length + 1))
        break
      case "Acknowledge":
        if (each.which < world.items.length) world.items[each.which] = open(each.which + 1, true)
        break
      case "Wait":
        world.now += each.ms
        break
      case "Turn":
        world.turn({ works: null, fails: "no", dies: undefined }[each.how])
    }
  }
  return world
}

it("GRD-2 whatever fails or dies on the way, every open item is told in the end unless it was acknowledged, and nothing that was told is told again", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = run(steps)
      const told = new Set(
        [...world.deliveries.values()].flatMap(({ item, state }) => (state === "told" ? [item] : []))
      )
      const lost = new Set(
        [...world.deliveries.values()].flatMap(({ item, state }) => (state === "given-up" ? [item] : []))
      )
      const before = world.calls.length
      world.settle(null)
      const again = world.calls.slice(before).flatMap(({ ids }) => ids)
      expect(new Set(again).size).toBe(again.length)
      const wanted = world.items.filter(({ id, isAcknowledged }) => !isAcknowledged && !told.has(id) && !lost.has(id))
      expect(new Set(again)).toEqual(new Set(wanted.map(({ id }) => id)))
    })
  )
})

it("GRD-2 a channel is called at most five times in any minute, and beyond that one call tells of many", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = run(steps)
      world.settle(null)
      for (const { at } of world.calls) {
        const inWindow = world.calls.filter((call) => call.at >= at && call.at < at + Outbox.windowMs)
        expect(inWindow.length).toBeLessThanOrEqual(Outbox.mostCalls)
      }
    })
  )
  const world = new World()
  for (let id = 1; id <= 3; id++) world.items.push(open(id))
  world.settle(null)
  expect(world.calls.map(({ ids }) => ids)).toEqual([[1], [2], [3]])
  for (let id = 4; id <= 40; id++) world.items.push(open(id))
  world.settle(null)
  expect(world.calls.slice(3).map(({ ids }) => ids.length)).toEqual([37])
  const { now } = world
  for (let id = 41; id <= 44; id++) {
    world.items.push(open(id))
    world.settle(null)
  }
  expect(world.calls.slice(4).map(({ ids }) => ids)).toEqual([[41], [42], [43], [44]])
  expect(world.now).toBe(now + Outbox.windowMs)
})

it("GRD-2 a telling that fails is tried again after a pause that doubles, ten times in all, and then given up", () => {
  const world = new World()
  world.items.push(open(1))
  const { now } = world
  world.settle("no")
  const pauses = world.calls.map(({ at }, index) => at - (world.calls[index - 1]?.at ?? now))
  expect(pauses).toEqual([0, ...Array.from({ length: 9 }, (_, index) => 5000 * 2 ** index)])
  expect([...world.deliveries.values()]).toEqual([
    { item: 1, channel, state: "given-up", tries: 10, failures: 10, at: world.now, detail: "no" }
  ])
  // A new item is told again at once: nobody knows whether the channel still fails.
  world.items.push(open(2))
  expect(world.turn(null)).toMatchObject({ _tag: "Tell", items: [{ id: 2 }] })
})

it("GRD-2 an item that a person has acknowledged is told no more, however often its telling has failed", () => {
  const world = new World()
  world.items.push(open(1), open(2))
  world.turn("no")
  world.items[0] = open(1, true)
  world.settle(null)
  expect(world.calls.map(({ ids }) => ids)).toEqual([[1], [2]])
})

it("GRD-2 a clock that was set back holds nothing up that was not told yet", () => {
  const world = new World()
  for (let id = 1; id <= 6; id++) world.items.push(open(id))
  for (let call = 0; call < 5; call++) world.calls.push({ at: world.now + 1000, ids: [] })
  expect(world.turn(null)).toMatchObject({ _tag: "Tell" })
})
