/** What needs a person: since when, who knows, what to do, and whether it could be told. */
import * as Effect from "effect/Effect"
import type { Delivery } from "../../core/attention/Outbox.ts"
import type { Task } from "../../core/task/Task.ts"
import { remedy } from "../attention/NextCommand.ts"
import type { AttentionItem, StoreError, StoreService } from "../store/Store.ts"
import * as Moment from "./Moment.ts"

export interface Seen {
  readonly item: AttentionItem
  readonly remedy: string
  readonly deliveries: ReadonlyArray<Delivery>
}

/** Every open item: those that nobody has acknowledged first, the oldest first. */
export const read = (store: StoreService): Effect.Effect<ReadonlyArray<Seen>, StoreError> =>
  Effect.gen(function* () {
    const items = yield* store.attention
    const deliveries = yield* store.deliveries
    const ids = items.flatMap(({ task }) => (task === null ? [] : [task]))
    const tasks = new Map<number, Task>((yield* store.tasks({ ids })).map((task) => [task.id, task]))
    const isKnown = ({ acknowledgedAt }: AttentionItem): number => (acknowledgedAt === null ? 0 : 1)
    return items
      .toSorted((a, b) => isKnown(a) - isKnown(b))
      .map((item) => ({
        item,
        remedy: remedy(item.key, item.task === null ? null : (tasks.get(item.task) ?? null)),
        deliveries: deliveries.filter((each) => each.item === item.id)
      }))
  })

const deliveryJson = ({ at, channel, detail, failures, state, tries }: Delivery) => ({
  channel,
  state,
  tries,
  failures,
  at: Moment.iso(at),
  detail
})

/** For programs. */
export const toJson = ({ deliveries, item, remedy }: Seen) => ({
  id: item.id,
  key: item.key,
  task_id: item.task,
  text: item.text,
  raised_at: Moment.iso(item.raisedAt),
  acknowledged_at: item.acknowledgedAt === null ? null : Moment.iso(item.acknowledgedAt),
  what_to_do: remedy,
  deliveries: deliveries.map(deliveryJson)
})
