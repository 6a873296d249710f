/** One line to search by, and choices that write into it. */
import { useEffect, useRef, useState } from "preact/hooks"
import { choices, count, filter, query, search } from "../client/BoardState.ts"
import { about, cards } from "../client/Live.ts"
import * as Filter from "../model/Filter.ts"
import { spaced } from "../model/Words.ts"

const labels: Readonly<Record<Filter.Key, string>> = {
  is: "State",
  agent: "Agent",
  account: "Account",
  batch: "Batch",
  repo: "Repository"
}

interface Props {
  readonly name: Filter.Key
  readonly values: ReadonlyArray<string>
  /** How a person knows a value. */
  readonly titleOf?: (value: string) => string
}

const plain = (value: string): string => value

/** `3 · tasks.toml`: the task file that a batch was submitted from. */
const batchTitle = (value: string): string => {
  const batch = about.value?.batches.find(({ id }) => String(id) === value)
  return batch === undefined ? value : `${value} · ${Filter.repository(batch.path)}`
}

const Choice = ({ name, titleOf = plain, values }: Props) => {
  const chosen = filter.value.values[name]
  if (values.length < 2 && chosen.length === 0) return null
  const shown =
    chosen.length === 1 && chosen[0] !== undefined && !values.includes(chosen[0]) ? [...values, chosen[0]] : values
  return (
    <label class="choice">
      <span>{labels[name]}</span>
      <select
        value={chosen.length > 1 ? "several" : (chosen[0] ?? "")}
        onChange={({ currentTarget: { value } }) =>
          search(Filter.print(Filter.choose(filter.peek(), name, value === "" ? null : value)))
        }
      >
        <option value="">all</option>
        {chosen.length > 1 && <option value="several">several</option>}
        {shown.map((value) => (
          <option key={value} value={value}>
            {titleOf(value)}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Milliseconds after the last key: 10,000 cards are not looked through for each. */
const typed = 120

export const Filters = () => {
  const [text, setText] = useState(query.peek())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => query.subscribe((line) => setText(line)), [])
  const type = (line: string): void => {
    setText(line)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => search(line), typed)
  }
  const { account, agent, batch, repo } = choices.value
  return (
    <search class="filters">
      <label class="search">
        <span class="hidden">Search and filter</span>
        <input
          id="search"
          type="search"
          placeholder="Search, or agent:claude is:waiting"
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={({ currentTarget }) => type(currentTarget.value)}
        />
      </label>
      <Choice name="is" values={Filter.conditions} titleOf={spaced} />
      <Choice name="repo" values={repo} />
      <Choice name="agent" values={agent} />
      <Choice name="account" values={account} />
      <Choice name="batch" values={batch} titleOf={batchTitle} />
      <span class="found" role="status">
        {Filter.isEmpty(filter.value) ? "" : `${count.value} of ${cards.value.size} tasks`}
      </span>
      {!Filter.isEmpty(filter.value) && (
        <button type="button" onClick={() => search("")}>
          Clear
        </button>
      )}
    </search>
  )
}
