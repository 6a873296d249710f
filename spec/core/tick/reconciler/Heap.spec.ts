/** The heap of the reconciler against a sorted list: whatever is added, moved or taken out, the first is the least. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Heap from "../../../../core/tick/reconciler/Heap.ts"

interface Item extends Heap.Placed {
  key: number
}

const operations = fc.array(
  fc.record({ what: fc.constantFrom("settle", "settle", "remove", "take"), item: fc.nat(11), key: fc.nat(20) }),
  { maxLength: 60 }
)

describe("the heap", () => {
  it("TCK-7 gives the least first, whatever was added, moved or taken out of the middle before", () => {
    fc.assert(
      fc.property(operations, (all) => {
        const heap = Heap.make<Item>((a, b) => a.key < b.key)
        const items = Array.from({ length: 12 }, (): Item => ({ key: 0, place: Heap.outside }))
        const inside = new Set<Item>()
        for (const { item: nth, key, what } of all) {
          const item = what === "take" ? Heap.peek(heap) : items[nth]
          if (item === undefined) continue
          if (what === "settle") {
            item.key = key
            Heap.settle(heap, item)
            inside.add(item)
          } else {
            Heap.remove(heap, item)
            inside.delete(item)
          }
          const least = Math.min(...[...inside].map((each) => each.key))
          expect(Heap.peek(heap)?.key ?? Number.POSITIVE_INFINITY).toBe(least)
          expect(items.filter(({ place }) => place !== Heap.outside)).toHaveLength(inside.size)
          for (const each of inside) expect(heap.items[each.place]).toBe(each)
        }
      })
    )
  })
})
