/** What a person may have done to a task now. */
import { propose } from "../client/Operate.ts"
import { asks, loss, offered, orders, type Verb } from "../model/Orders.ts"

interface Props {
  readonly id: number
  readonly name: string
  readonly legal: ReadonlyArray<Verb>
  readonly isAtWork: boolean
}

export const Operations = ({ id, isAtWork, legal, name }: Props) => {
  const verbs = offered(legal)
  const usual = verbs.filter((verb) => orders[verb].isUsual)
  const others = verbs.filter((verb) => !orders[verb].isUsual)
  const button = (verb: Verb) => (
    <button
      key={verb}
      type="button"
      class={loss(verb, false) !== null ? "loses" : orders[verb].isUsual && !isAtWork ? "usual" : ""}
      onClick={() => propose({ id, isAtWork, name, verb })}
    >
      {orders[verb].label}
      {asks(verb, isAtWork) ? "…" : ""}
    </button>
  )
  return (
    <div class="operations" role="group" aria-label="What can be done">
      {usual.map(button)}
      {others.map(button)}
    </div>
  )
}
