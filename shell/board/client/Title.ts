/** The title of the page: how much needs a person stands first, also in a tab that nobody looks at. */
import { computed, effect, signal } from "@preact/signals"
import { needed } from "./Attention.ts"
import { connection } from "./Live.ts"

/** Where a person is. */
export const heading = signal("drover")

const title = computed(() => {
  // It may have the name of a task.
  if (connection.value.kind === "signed-out") return "drover"
  return needed.value === 0 ? heading.value : `(${needed.value}) ${heading.value}`
})

export const keep = (): void => {
  effect(() => {
    document.title = title.value
  })
}
