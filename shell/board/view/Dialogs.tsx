/** What a person is asked before something is done, and the keys. */
import { signal } from "@preact/signals"
import type { ComponentChildren } from "preact"
import { useEffect, useRef, useState } from "preact/hooks"
import { operate, question, type Question } from "../client/Operate.ts"
import { areLettersOn } from "../client/Preferences.ts"
import { bindings, keyName } from "../model/Keys.ts"
import { bodyOf, loss, orders } from "../model/Orders.ts"

export const isHelpOpen = signal(false)

interface Props {
  readonly label: string
  /** It is to be read from its beginning: what could be pressed first may be far below. */
  readonly isText?: boolean
  readonly close: () => void
  readonly children: ComponentChildren
}

/** The browser's own: focus goes in, stays in, and comes back. */
const Modal = ({ children, close, isText = false, label }: Props) => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    if (isText && shown !== null) {
      shown.focus()
      shown.scrollTop = 0
    }
    return () => shown?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-label={label}
      tabIndex={isText ? -1 : undefined}
      autofocus={isText}
      // The event comes later than the act: of a dialog that is gone it would close what was opened since.
      onClose={() => dialog.current !== null && close()}
    >
      {children}
    </dialog>
  )
}

const Asking = ({ asked }: { readonly asked: Question }) => {
  const order = orders[asked.verb]
  const lost = loss(asked.verb, asked.isAtWork)
  const [text, setText] = useState("")
  const [wrong, setWrong] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  // While it is being done another one may have been asked.
  const close = (): void => {
    if (question.peek() === asked) question.value = null
  }
  const send = async (): Promise<void> => {
    const made = bodyOf(asked.verb, text)
    if ("wrong" in made) return setWrong(made.wrong)
    setBusy(true)
    await operate(asked, made.body)
    close()
  }
  return (
    <Modal label={`${order.label}: #${asked.id} ${asked.name}`} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <h2>
          {order.label}: #{asked.id} {asked.name}
        </h2>
        {lost !== null && <p>{lost}</p>}
        {order.field !== undefined && (
          <label>
            {order.field.label}
            {order.field.kind === "text" ? (
              <textarea rows={5} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
            ) : (
              <input
                type="text"
                autocomplete="off"
                value={text}
                aria-invalid={wrong !== null}
                onInput={({ currentTarget }) => setText(currentTarget.value)}
              />
            )}
          </label>
        )}
        {wrong !== null && (
          <p class="trouble" role="alert">
            {wrong}
          </p>
        )}
        <div class="choices">
          <button type="button" onClick={close}>
            Leave it
          </button>
          <button type="submit" class={lost === null ? "usual" : "loses"} disabled={isBusy}>
            {order.label}
          </button>
        </div>
      </form>
    </Modal>
  )
}

const places = { board: "board", task: "task", fleet: "fleet" } as const

const Help = () => (
  <Modal
    label="Keys"
    isText
    close={() => {
      isHelpOpen.value = false
    }}
  >
    <h2>Keys</h2>
    <table class="keys">
      <tbody>
        {bindings
          .filter(({ command }) => command.do !== "part")
          .map(({ keys, title, where }) => (
            <tr key={title}>
              <th scope="row">
                {keys.map((key) => (
                  <kbd key={key}>{keyName(key)}</kbd>
                ))}
              </th>
              <td>
                {title}{" "}
                {where.length < 3 && <span class="quiet">({where.map((place) => places[place]).join(", ")})</span>}
              </td>
            </tr>
          ))}
        <tr>
          <th scope="row">
            <kbd>1</kbd>…<kbd>7</kbd>
          </th>
          <td>
            Parts of a task <span class="quiet">(task)</span>
          </td>
        </tr>
      </tbody>
    </table>
    <p>
      <label class="check">
        <input
          type="checkbox"
          checked={areLettersOn.value}
          onChange={({ currentTarget }) => {
            areLettersOn.value = currentTarget.checked
          }}
        />{" "}
        Single letters and signs do something
      </label>
    </p>
    <div class="choices">
      <button
        type="button"
        onClick={() => {
          isHelpOpen.value = false
        }}
      >
        Close
      </button>
    </div>
  </Modal>
)

export const Dialogs = () => (
  <>
    {question.value !== null && <Asking key={`${question.value.id}.${question.value.verb}`} asked={question.value} />}
    {isHelpOpen.value && <Help />}
  </>
)
