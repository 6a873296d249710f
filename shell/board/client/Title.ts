/** The title of the page: how much needs a person stands first, also in a tab that nobody looks at. */
import { effect, signal } from "@preact/signals"
import { needed } from "./Attention.ts"

export const heading = signal("drover")

export const keep = (): void => {
  effect(() => {
    document.title = needed.value === 0 ? heading.value : `(${needed.value}) ${heading.value}`
  })
}
