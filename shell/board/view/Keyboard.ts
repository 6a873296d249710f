/** Presses of keys, and what they do. */
import { fold, forPerson, move, only, query, search, seek, selected, toBoard } from "../client/BoardState.ts"
import { ask } from "../client/Client.ts"
import { cards } from "../client/Live.ts"
import { go, route } from "../client/Navigation.ts"
import { propose, question, tell } from "../client/Operate.ts"
import { areLettersOn, isNarrow, turnTheme } from "../client/Preferences.ts"
import { type Command, commandOf } from "../model/Keys.ts"
import { orders, type Verb } from "../model/Orders.ts"
import { parts } from "../model/Route.ts"
import { isAtWork } from "../model/Words.ts"
import { isHelpOpen } from "./Dialogs.tsx"

type Operated = Extract<Command, { readonly do: "operate" }>["verb"]

/** Only what is legal is done; what is not is said. */
const operate = async (wanted: Operated): Promise<void> => {
  const here = route.peek()
  const id = here.at === "task" ? here.id : selected.peek()
  if (id === null) return tell("No task is selected: j and k select one", true)
  const told = await ask("showTask", { path: { id } })
  if (!told.ok) return tell(told.why.error, true)
  const { legal, name } = told.value
  const verb: Verb = wanted === "freeze" && legal.includes("unfreeze") ? "unfreeze" : wanted
  if (!legal.includes(verb)) {
    const instead = legal.map((each) => orders[each].label.toLowerCase()).join(", ")
    return tell(`#${id}: "${orders[verb].label.toLowerCase()}" means nothing now. What does: ${instead}`, true)
  }
  propose({ id, isAtWork: isAtWork({ execution: told.value.execution._tag }), name, verb })
}

const nextPerson = (): void => {
  const waiting = forPerson.peek()
  const here = route.peek()
  const at = waiting.findIndex(({ id }) => id === (here.at === "task" ? here.id : selected.peek()))
  const next = waiting[(at + 1) % Math.max(1, waiting.length)]
  if (next === undefined) return tell("Nothing needs you")
  if (here.at === "task") go({ at: "task", id: next.id, part: here.part })
  else {
    if (here.at !== "board") toBoard()
    seek(next.id)
  }
}

const back = (): void => {
  const field = document.activeElement
  if (route.peek().at !== "board") return toBoard()
  if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.blur()
  if (query.peek() !== "") search("")
}

const foldHere = (): void => {
  const column = cards.peek().get(selected.peek() ?? 0)?.column
  if (column !== undefined && !isNarrow.peek()) fold(column)
  else if (column !== undefined) only.value = column
}

const run = (command: Command): void => {
  const here = route.peek()
  switch (command.do) {
    case "step":
      return move(command.step)
    case "operate":
      return void operate(command.verb)
    case "open": {
      const id = selected.peek()
      return id === null ? undefined : go({ at: "task", id, part: "overview" })
    }
    case "back":
      return back()
    case "search":
      return document.getElementById("search")?.focus()
    case "help":
      isHelpOpen.value = true
      return
    case "board":
      return toBoard()
    case "fleet":
      return go({ at: "fleet" })
    case "next-person":
      return nextPerson()
    case "fold":
      return foldHere()
    case "theme":
      return turnTheme()
    case "part": {
      const part = parts[command.index]
      return here.at === "task" && part !== undefined ? go({ at: "task", id: here.id, part }) : undefined
    }
  }
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement ||
  target instanceof HTMLSelectElement ||
  (target instanceof HTMLInputElement && target.type !== "checkbox")

const scrollKeys: ReadonlySet<string> = new Set(["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"])

export const listen = (): void => {
  document.addEventListener("keydown", (event) => {
    // A dialog has keys of its own.
    if (event.defaultPrevented || question.peek() !== null || isHelpOpen.peek()) return
    const { target } = event
    const isCard = target instanceof Element && target.closest(".card") !== null
    // Of a card Enter is ours: where the focus still follows the selection, the selection is what is meant.
    const isControl = !isCard && target instanceof Element && target.closest("a, button, summary") !== null
    const command = commandOf(
      route.peek().at,
      {
        key: event.key,
        hasModifier: event.ctrlKey || event.altKey || event.metaKey,
        isTyping: isField(target),
        isOnControl: isControl
      },
      areLettersOn.peek()
    )
    // Arrows scroll wherever no card is focused.
    if (command === null || (scrollKeys.has(event.key) && !isCard && target !== document.body)) return
    event.preventDefault()
    run(command)
  })
}
