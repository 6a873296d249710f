/** The address of the page, and the ways to change it without loading anything. */
import { signal } from "@preact/signals"
import * as Route from "../model/Route.ts"

const current = (): Route.Route => Route.parse(location.pathname, location.search)

export const route = signal<Route.Route>(current())

export const go = (to: Route.Route, how: "push" | "replace" = "push"): void => {
  const url = Route.print(to)
  if (how === "push") history.pushState(null, "", url)
  else history.replaceState(null, "", url)
  route.value = to
}

/** Links of the page lead within it; those that a person opens elsewhere are the browser's. */
export const begin = (): void => {
  route.value = current()
  addEventListener("popstate", () => {
    route.value = current()
  })
  document.addEventListener("click", (event) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    const link = event.target instanceof Element ? event.target.closest("a") : null
    if (link === null || link.origin !== location.origin || !link.pathname.startsWith("/board")) return
    event.preventDefault()
    go(Route.parse(link.pathname, link.search))
  })
}
