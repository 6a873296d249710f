/** The board: what needs a person, what is looked for, and the columns. */
import { useEffect } from "preact/hooks"
import { columns, only, open, places } from "../client/BoardState.ts"
import { about, cards, connection } from "../client/Live.ts"
import { isNarrow } from "../client/Preferences.ts"
import { heading } from "../client/Title.ts"
import { order, title } from "../model/Columns.ts"
import { Archived } from "./Archived.tsx"
import { ColumnView } from "./ColumnView.tsx"
import { Filters } from "./Filters.tsx"
import { NeedsYou } from "./NeedsYou.tsx"
import { Tabs } from "./Tabs.tsx"

const Switch = () => (
  <Tabs label="Columns" at={only.value}>
    {places.map((column) => (
      <button
        key={column}
        type="button"
        aria-current={only.value === column ? "true" : undefined}
        onClick={() => {
          only.value = column
        }}
      >
        {column === "archived" ? (
          "Archived"
        ) : (
          <>
            {title(column)} <span class="count">{columns.value[column].length}</span>
          </>
        )}
      </button>
    ))}
  </Tabs>
)

const Empty = () => (
  <div class="empty">
    <h2>No tasks yet</h2>
    <p>
      <code>drover run tasks.toml</code> submits a file of them, <code>drover submit</code> one.
    </p>
  </div>
)

export const Board = () => {
  useEffect(() => {
    heading.value = "drover"
  }, [])
  const isEmpty = connection.value.kind === "live" && cards.value.size === 0
  const leftOut = about.value?.left_out ?? 0
  return (
    <main class="board" id="main" tabIndex={-1}>
      <h1 class="hidden">Board</h1>
      <NeedsYou />
      <Filters />
      {isNarrow.value && <Switch />}
      {isEmpty ? (
        <Empty />
      ) : (
        <div class="columns">
          {order.map((column) =>
            isNarrow.value && only.value !== column ? null : (
              <ColumnView key={column} column={column} isOpen={open.value.has(column)} />
            )
          )}
          {(!isNarrow.value || only.value === "archived") && <Archived />}
        </div>
      )}
      {leftOut > 0 && <p class="footnote">{leftOut} older tasks that have ended are not shown.</p>}
    </main>
  )
}
