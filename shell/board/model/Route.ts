/** Where a person is, as the address says it. */

export const parts = ["overview", "attempts", "output", "changes", "ledger", "graph", "spend"] as const
export type Part = (typeof parts)[number]

export type Route =
  | { readonly at: "board"; readonly query: string }
  | { readonly at: "fleet" }
  | { readonly at: "task"; readonly id: number; readonly part: Part }

const isPart = (text: string | undefined): text is Part => parts.some((part) => part === text)

/** Any address leads somewhere: what is not known to the board. */
export const parse = (pathname: string, search: string): Route => {
  const [, root, place, id, part] = pathname.split("/")
  if (root === "board" && place === "fleet") return { at: "fleet" }
  if (root === "board" && place === "tasks" && id !== undefined && /^[1-9]\d{0,14}$/.test(id)) {
    return { at: "task", id: Number(id), part: isPart(part) ? part : "overview" }
  }
  return { at: "board", query: new URLSearchParams(search).get("q") ?? "" }
}

export const print = (route: Route): string => {
  switch (route.at) {
    case "board":
      return route.query === "" ? "/board" : `/board?${new URLSearchParams({ q: route.query })}`
    case "fleet":
      return "/board/fleet"
    case "task":
      return `/board/tasks/${route.id}${route.part === "overview" ? "" : `/${route.part}`}`
  }
}
