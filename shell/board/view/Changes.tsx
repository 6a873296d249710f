/** What is another in the task's directory. */
import { useMemo, useRef } from "preact/hooks"
import { ask } from "../client/Client.ts"
import { useLoaded } from "../client/Loaded.ts"
import { lines } from "../model/Diff.ts"
import { lineHeight, Lines } from "./Lines.tsx"
import { useVirtual } from "./Virtual.tsx"

const Text = ({ text }: { readonly text: string }) => {
  const scroller = useRef<HTMLDivElement>(null)
  const all = useMemo(() => lines(text), [text])
  const virtual = useVirtual({ count: all.length, scroller, size: lineHeight, overscan: 20, keyOf: (index) => index })
  return (
    <Lines
      virtual={virtual}
      scroller={scroller}
      label="Changes"
      draw={(index) => <code class={all[index]?.kind}>{all[index]?.text}</code>}
    />
  )
}

export const Changes = ({ id, version }: { readonly id: number; readonly version: string }) => {
  const { again, value, why } = useLoaded(`diff ${id}`, version, () => ask("taskDiff", { path: { id } }))
  if (value === null) return <p class="none">{why?.error ?? "Reading…"}</p>
  return (
    <div class="log">
      <p class="bar">
        {value.directory !== null && <code>{value.directory}</code>}
        {value.base !== null && (
          <span>
            since <code>{value.base.slice(0, 12)}</code>
          </span>
        )}
        <button type="button" onClick={again}>
          Look again
        </button>
      </p>
      {value.state === "unchanged" && <p class="none">Nothing is another.</p>}
      {value.state === "untold" && <p class="none">{value.why ?? "It can not be told."}</p>}
      {value.state === "changed" && <Text text={value.text} />}
      {value.is_cut && <p class="footnote">There is more: git diff in that directory shows all of it.</p>}
    </div>
  )
}
