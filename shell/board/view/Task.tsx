/** One task: how it stands, what can be done, and its parts. */
import { useEffect } from "preact/hooks"
import { select } from "../client/BoardState.ts"
import { ask } from "../client/Client.ts"
import { cards } from "../client/Live.ts"
import { useLoaded } from "../client/Loaded.ts"
import { heading } from "../client/Title.ts"
import { type Part, parts, print } from "../model/Route.ts"
import { attempts, dollars, isAtWork, spaced, standing } from "../model/Words.ts"
import { Attempts } from "./Attempts.tsx"
import { Changes } from "./Changes.tsx"
import { Chip } from "./Chip.tsx"
import { Elapsed, Remaining } from "./Elapsed.tsx"
import { Graph } from "./Graph.tsx"
import { Ledger } from "./Ledger.tsx"
import { Operations } from "./Operations.tsx"
import { OutputPart } from "./OutputPart.tsx"
import { Overview } from "./Overview.tsx"
import { Spend } from "./Spend.tsx"
import { Tabs } from "./Tabs.tsx"

const titles: Readonly<Record<Part, string>> = {
  overview: "Overview",
  attempts: "Attempts",
  output: "Output",
  changes: "Changes",
  ledger: "Ledger",
  graph: "Graph",
  spend: "Spend"
}

const Shown = ({ id, part, version }: { readonly id: number; readonly part: Part; readonly version: string }) => {
  switch (part) {
    case "attempts":
      return <Attempts id={id} version={version} />
    case "output":
      return <OutputPart id={id} version={version} />
    case "changes":
      return <Changes id={id} version={version} />
    case "ledger":
      return <Ledger id={id} version={version} />
    case "graph":
      return <Graph id={id} version={version} />
    case "spend":
      return <Spend id={id} version={version} />
    case "overview":
      return null
  }
}

export const Task = ({ id, part }: { readonly id: number; readonly part: Part }) => {
  const card = cards.value.get(id)
  // Whatever is another in the task has another revision.
  const version = card === undefined ? "" : `${card.revision}.${card.execution}.${card.verifying?.index ?? ""}`
  const { value: told, why } = useLoaded(`task ${id}`, `${version}.${card?.waiting ?? ""}`, () =>
    ask("showTask", { path: { id } })
  )
  useEffect(() => select(id), [id])
  const name = card?.name ?? told?.name ?? ""
  useEffect(() => {
    heading.value = `#${id} ${name} – drover`
  }, [id, name])
  return (
    <main class="task" id="main" tabIndex={-1}>
      <header>
        <h1>
          <span class="number">#{id}</span> {name}
        </h1>
        <p class="facts">
          {card !== undefined && <Chip {...standing(card)} />}
          {card === undefined && told !== null && <Chip text={spaced(told.stage.stage)} tone="quiet" />}
          {card !== undefined && <span>{card.agent}</span>}
          {card !== undefined && attempts(card) !== null && <span>{attempts(card)}</span>}
          {card !== undefined && card.since !== null && <Elapsed since={card.since} />}
          {card !== undefined && card.until !== null && card.needs_person === null && (
            <span>
              goes on <Remaining until={card.until} />
            </span>
          )}
          {told !== null && (told.cost_usd ?? 0) > 0 && <span>{dollars(told.cost_usd, told.cost_is_complete)}</span>}
        </p>
        {told !== null && (
          <Operations id={id} name={name} legal={told.legal} isAtWork={isAtWork({ execution: told.execution._tag })} />
        )}
      </header>
      <Tabs label="Parts of the task" at={part}>
        {parts.map((each) => (
          <a key={each} href={print({ at: "task", id, part: each })} aria-current={each === part ? "page" : undefined}>
            {titles[each]}
          </a>
        ))}
      </Tabs>
      <div class="part">
        {told === null && <p class={why === null ? "none" : "trouble"}>{why?.error ?? "Reading…"}</p>}
        {told !== null && part === "overview" && <Overview told={told} />}
        {told !== null && <Shown id={id} part={part} version={version} />}
      </div>
    </main>
  )
}
