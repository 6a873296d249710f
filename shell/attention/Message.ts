/**
 * What a person is told of one attention item or of many: a title and a text for people, JSON and variables for programs.
 * Whatever an item says stays data: nothing in it moves a cursor, and nothing of it is ever part of a command line's text.
 */
import { stripVTControlCharacters } from "node:util"
import type { AttentionItem } from "../store/Store.ts"

/** An item with what to do about it. */
export interface Told extends Omit<AttentionItem, "acknowledgedAt"> {
  readonly remedy: string
  /** More than one: a person may have been told of it before. */
  readonly tries: number
}

export interface Message {
  readonly title: string
  /** A line for each item that is named. */
  readonly text: string
  readonly json: string
  readonly variables: Readonly<Record<string, string>>
}

/** Of one item's text: more is not read at a glance, and a variable may hold 128 KiB (execve(2), MAX_ARG_STRLEN). */
const mostLetters = 2000
const namedItems = 5
/** In JSON; all are told, and `drover attention` shows them. */
const listedItems = 100

// oxlint-disable-next-line no-control-regex -- control characters are what this removes
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g

/** Without what a terminal or a notification would obey, and not longer than is read. */
const plain = (text: string): string => {
  const shown = stripVTControlCharacters(text.slice(0, 4 * mostLetters))
    .replaceAll(controls, " ")
    .trim()
  const letters = [...shown]
  return letters.length <= mostLetters ? shown : `${letters.slice(0, mostLetters - 1).join("")}…`
}

const subject = ({ task }: Told): string => (task === null ? "" : `#${task} `)

const titleOf = (items: ReadonlyArray<Told>): string => {
  const [first] = items
  if (items.length !== 1 || first === undefined) return `drover: ${items.length} things need a person`
  return first.task === null ? "drover needs a person" : `drover: #${first.task} needs a person`
}

const textOf = (items: ReadonlyArray<Told>): string => {
  const [first] = items
  if (items.length === 1 && first !== undefined) return plain(first.text)
  const named = items.slice(0, namedItems).map((item) => subject(item) + (plain(item.text).split("\n")[0] ?? ""))
  const left = items.length - named.length
  return [...named, ...(left === 0 ? [] : [`and ${left} more: drover attention`])].join("\n")
}

const itemJson = ({ id, key, raisedAt, remedy, task, text, tries }: Told) => ({
  id,
  key,
  task_id: task,
  text: plain(text),
  raised_at: new Date(raisedAt).toISOString(),
  what_to_do: remedy,
  try: tries
})

/** `host`: the machine on which drover runs. */
export const make = (items: ReadonlyArray<Told>, host: string, type: "attention" | "test" = "attention"): Message => {
  const title = type === "test" ? "drover: a test" : titleOf(items)
  const text = textOf(items)
  const [first] = items
  const of = (value: (item: Told) => string): string =>
    items.length === 1 && first !== undefined ? value(first).replaceAll("\0", "") : ""
  const listed = items.slice(0, listedItems).map(itemJson)
  return {
    title,
    text,
    json: `${JSON.stringify({ v: 1, type, host, title, text, count: items.length, items: listed })}\n`,
    variables: {
      DROVER_ATTENTION_TYPE: type,
      DROVER_ATTENTION_HOST: host,
      DROVER_ATTENTION_TITLE: title,
      DROVER_ATTENTION_TEXT: text,
      DROVER_ATTENTION_COUNT: String(items.length),
      DROVER_ATTENTION_ID: of(({ id }) => String(id)),
      DROVER_ATTENTION_KEY: of(({ key }) => key),
      DROVER_ATTENTION_TASK: of(({ task }) => (task === null ? "" : String(task))),
      DROVER_ATTENTION_WHAT_TO_DO: of(({ remedy }) => remedy)
    }
  }
}

/** What `drover attention test` sends. */
export const test = (host: string, at: number): Message =>
  make(
    [
      {
        id: 0,
        key: "test",
        task: null,
        text: "This is a test: nobody is needed.",
        raisedAt: at,
        remedy: "nothing",
        tries: 1
      }
    ],
    host,
    "test"
  )
