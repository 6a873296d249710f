/** A profile of a store as a person reads it, and as a program does. */
import { advise } from "../profile/Advice.ts"
import type { Profile } from "../profile/StoreProfile.ts"
import type { Step, StepName } from "../profile/Steps.ts"
import * as Size from "./Size.ts"
import * as Table from "./Table.ts"
import { plain } from "./Text.ts"

const words: Readonly<Record<StepName, string>> = {
  open: "open the store",
  load: "read what is open",
  "first tick": "first tick, about all of it",
  look: "look whether anything changed",
  "idle tick": "tick, nothing changed",
  "tick of one": "tick, one task changed",
  "tick of a hundred": "tick, a hundred tasks changed",
  "one change": "one durable change",
  "a hundred changes": "a hundred changes written together",
  refresh: "read what others changed",
  "a hundred hook events": "a hundred hook events kept together",
  status: "look at all tasks, as status does"
}

const abouts: Readonly<Record<StepName, string>> = {
  open: "",
  load: "tasks",
  "first tick": "decided",
  look: "",
  "idle tick": "decided",
  "tick of one": "decided",
  "tick of a hundred": "decided",
  "one change": "",
  "a hundred changes": "",
  refresh: "changes",
  "a hundred hook events": "",
  status: "tasks"
}

const stepColumns: ReadonlyArray<Table.Column> = [
  { title: "WHAT" },
  { title: "ABOUT", align: "right" },
  { title: "TIMES", align: "right" },
  { title: "MEDIAN MS", align: "right" },
  { title: "LONGEST MS", align: "right" },
  { title: "LOOP HELD MS", align: "right" }
]

const tableColumns: ReadonlyArray<Table.Column> = [
  { title: "TABLE" },
  { title: "ROWS", align: "right" },
  { title: "SIZE", align: "right" },
  { title: "SHARE", align: "right" }
]

const ms = (value: number): string => value.toFixed(value < 10 ? 3 : 1)

const stepRow = ({ heldMs, longestMs, medianMs, name, of, times }: Step): ReadonlyArray<string> => [
  words[name],
  abouts[name] === "" ? "" : `${of} ${abouts[name]}`,
  `${times}`,
  ms(medianMs),
  ms(longestMs),
  ms(heldMs)
]

/** The smallest tables are told of together. */
const listedTables = 8

const tableRows = ({ file: { bytes, freeBytes, tables } }: Profile): ReadonlyArray<ReadonlyArray<string>> => {
  const share = (part: number): string => `${((100 * part) / Math.max(1, bytes)).toFixed(1)} %`
  const rest = tables.slice(listedTables)
  const sum = (of: (table: (typeof rest)[number]) => number): number =>
    rest.reduce((total, table) => total + of(table), 0)
  return [
    ...tables
      .slice(0, listedTables)
      .map((table) => [table.name, `${table.rows}`, Size.short(table.bytes), share(table.bytes)]),
    ...(rest.length === 0
      ? []
      : [
          [
            `${rest.length} others`,
            `${sum((table) => table.rows)}`,
            Size.short(sum((table) => table.bytes)),
            share(sum((table) => table.bytes))
          ]
        ]),
    ["free", "", Size.short(freeBytes), share(freeBytes)]
  ]
}

export const text = (profile: Profile, columns: number | null): string =>
  [
    `${plain(profile.store)}: schema ${profile.schema}, ${Size.short(profile.file.bytes)}, log (-wal) ` +
      `${Size.short(profile.logBytes)}; copied in ${ms(profile.copiedMs)} ms, and only the copy was worked on`,
    "",
    ...Table.lines(stepColumns, profile.steps.map(stepRow), columns),
    "",
    ...Table.lines(tableColumns, tableRows(profile), columns),
    "",
    ...advise(profile).map(({ remedy, what }) => (remedy === null ? what : `${what}\n  -> ${remedy}`))
  ].join("\n")

export const json = (profile: Profile) => ({
  store: profile.store,
  schema: profile.schema,
  open_tasks: profile.openTasks,
  actions: profile.actions,
  decided_when_idle: profile.decidedWhenIdle,
  copied_ms: profile.copiedMs,
  in_memory: profile.isInMemory,
  log_bytes: profile.logBytes,
  file: {
    bytes: profile.file.bytes,
    free_bytes: profile.file.freeBytes,
    tables: profile.file.tables.map(({ bytes, name, rows }) => ({ name, rows, bytes }))
  },
  steps: profile.steps.map(({ heldMs, longestMs, medianMs, name, of, times }) => ({
    step: name,
    about: of,
    times,
    median_ms: medianMs,
    longest_ms: longestMs,
    loop_held_ms: heldMs
  })),
  findings: advise(profile)
})
