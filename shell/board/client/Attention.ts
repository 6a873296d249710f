/** What needs a person: tasks that ask for one, and what is told of no such task, a protection that is off for one. */
import { computed, effect, signal } from "@preact/signals"
import { forPerson } from "./BoardState.ts"
import { type Answer, ask } from "./Client.ts"
import { changes, connection, now } from "./Live.ts"
import { tell } from "./Operate.ts"

export type Item = Answer<"attention">["attention"][number]

/** Milliseconds between two looks where nothing else changed. */
const seldom = 15_000

const items = signal<ReadonlyArray<Item>>([])
/** Why what is shown may be old, or null. */
export const trouble = signal<string | null>(null)

const read = async (): Promise<void> => {
  const answer = await ask("attention", {})
  if (connection.peek().kind !== "live") return
  trouble.value = answer.ok || answer.why.kind === "away" ? null : answer.why.error
  if (!answer.ok) return
  const { attention } = answer.value
  if (JSON.stringify(attention) !== JSON.stringify(items.peek())) items.value = attention
}

const beat = computed(() => Math.floor(now.value / seldom))
const isLive = computed(() => connection.value.kind === "live")
effect(() => {
  // Each of them is a reason to look.
  const reasons = [changes.value, beat.value]
  if (isLive.value && reasons.length > 0) void read()
})
effect(() => {
  if (connection.value.kind === "signed-out") items.value = []
})

/** Those that no card tells of; what a person knows of already comes last. */
export const others = computed(() => {
  const told = new Set(forPerson.value.map(({ id }) => id))
  const rest = items.value.filter(({ task_id }) => task_id === null || !told.has(task_id))
  return rest.toSorted((a, b) => Number(a.acknowledged_at !== null) - Number(b.acknowledged_at !== null))
})

/** How many things wait for somebody who does not know of them. */
export const needed = computed(
  () => forPerson.value.length + others.value.filter(({ acknowledged_at }) => acknowledged_at === null).length
)

export const acknowledge = async (item: Item): Promise<void> => {
  const answer = await ask("acknowledge", { path: { item: item.id } })
  if (!answer.ok) tell(answer.why.error, true)
  return read()
}
