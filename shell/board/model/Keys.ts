/** What the keys do. Single letters can be switched off (WCAG 2.1.4), and never work while a person types. */
import type { Step } from "./Selection.ts"

export type Command =
  | { readonly do: "step"; readonly step: Step }
  | { readonly do: "operate"; readonly verb: "approve" | "retry" | "start" | "cancel" | "freeze" }
  | { readonly do: "open" | "back" | "search" | "help" | "board" | "fleet" | "next-person" | "fold" | "theme" }
  | { readonly do: "part"; readonly index: number }

export type Where = "board" | "task" | "fleet"

interface Binding {
  readonly keys: ReadonlyArray<string>
  readonly where: ReadonlyArray<Where>
  readonly title: string
  readonly command: Command
}

const everywhere = ["board", "task", "fleet"] as const
const step = (keys: ReadonlyArray<string>, title: string, to: Step): Binding => ({
  keys,
  where: ["board"],
  title,
  command: { do: "step", step: to }
})
const operate = (key: string, title: string, verb: "approve" | "retry" | "start" | "cancel" | "freeze"): Binding => ({
  keys: [key],
  where: ["board", "task"],
  title,
  command: { do: "operate", verb }
})

/** Most parts that a task's page has. */
const parts = 7

export const bindings: ReadonlyArray<Binding> = [
  step(["j", "ArrowDown"], "Next card", "down"),
  step(["k", "ArrowUp"], "Card before", "up"),
  step(["h", "ArrowLeft"], "Column to the left", "left"),
  step(["l", "ArrowRight"], "Column to the right", "right"),
  step(["Home"], "First card of the column", "first"),
  step(["End", "G"], "Last card of the column", "last"),
  { keys: ["Enter", "o"], where: ["board"], title: "Open the task", command: { do: "open" } },
  { keys: ["n"], where: everywhere, title: "Next task that needs you", command: { do: "next-person" } },
  operate("a", "Approve", "approve"),
  operate("r", "Retry or unblock", "retry"),
  operate("s", "Start", "start"),
  operate("z", "Freeze or unfreeze", "freeze"),
  operate("x", "Cancel (asks first)", "cancel"),
  { keys: ["/"], where: ["board"], title: "Search and filter", command: { do: "search" } },
  { keys: ["f"], where: ["board"], title: "Fold or unfold the column", command: { do: "fold" } },
  { keys: ["b"], where: ["task", "fleet"], title: "The board", command: { do: "board" } },
  { keys: ["v"], where: ["board", "task"], title: "The fleet", command: { do: "fleet" } },
  { keys: ["t"], where: everywhere, title: "Light, dark, or as the system", command: { do: "theme" } },
  { keys: ["?"], where: everywhere, title: "These keys", command: { do: "help" } },
  { keys: ["Escape"], where: everywhere, title: "Close, clear, or back", command: { do: "back" } },
  ...Array.from({ length: parts }, (_, index): Binding => ({
    keys: [String(index + 1)],
    where: ["task"],
    title: `Part ${index + 1} of the task`,
    command: { do: "part", index }
  }))
]

export interface Press {
  readonly key: string
  /** Ctrl, Alt or Meta is held: the browser's. */
  readonly hasModifier: boolean
  /** Into a field. */
  readonly isTyping: boolean
  /** On a link or a button, for which Enter means something. */
  readonly isOnControl: boolean
}

/** A letter, digit or sign: what WCAG 2.1.4 is about. */
const isCharacter = (key: string): boolean => key.length === 1

/** What a press means; null: nothing of ours. */
export const commandOf = (where: Where, press: Press, areLettersOn: boolean): Command | null => {
  if (press.hasModifier || (press.isTyping && press.key !== "Escape")) return null
  if (press.isOnControl && press.key === "Enter") return null
  if (isCharacter(press.key) && !areLettersOn) return null
  return bindings.find(({ keys, where: places }) => places.includes(where) && keys.includes(press.key))?.command ?? null
}

const names: Readonly<Record<string, string>> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc"
}
export const keyName = (key: string): string => names[key] ?? key
