/** What an attempt or a verifier printed: live at its end, and readable at any place of a file of any size. */
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks"
import { type File, Output } from "../client/Output.ts"
import { grows, isAtEnd, type Line } from "../model/LogWindow.ts"
import { bytes } from "../model/Words.ts"
import { lineHeight, Lines } from "./Lines.tsx"
import { useVirtual } from "./Virtual.tsx"

/** Characters of a line that are shown in the list; all of it below, when it is chosen. */
const longest = 1000
/** Lines from an end at which more is read. */
const near = 200
const steps = 1000

const Place = ({ output, size }: { readonly output: Output; readonly size: number }) => {
  const at = output.window?.start ?? 0
  return (
    <label class="place">
      <span>Place</span>
      <input
        type="range"
        min={0}
        max={steps}
        value={size === 0 ? 0 : Math.round((at / size) * steps)}
        aria-valuetext={`${bytes(at)} of ${bytes(size)}`}
        onChange={({ currentTarget }) => void output.near(Math.floor((Number(currentTarget.value) / steps) * size))}
      />
    </label>
  )
}

const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

const Shown = ({ line, close }: { readonly line: Line; readonly close: () => void }) => (
  <section class="whole" aria-label="The whole line">
    <p>
      From byte {line.at}
      {line.is_piece && ", a piece of a longer line"}{" "}
      <button type="button" onClick={close}>
        Close
      </button>
    </p>
    <pre tabIndex={0}>{pretty(line.text)}</pre>
  </section>
)

const useOutput = (file: File): Output => {
  const [, draw] = useReducer<number, void>((n) => n + 1, 0)
  const key = `${file.id}.${file.attempt}.${file.stream}.${file.run}`
  const held = useRef<{ readonly key: string; readonly output: Output } | null>(null)
  if (held.current?.key !== key) {
    held.current?.output.close()
    held.current = { key, output: new Output(file, () => draw()) }
  }
  const { output } = held.current
  useEffect(() => {
    void output.end()
    return () => output.close()
  }, [output])
  return output
}

export const Log = ({ file }: { readonly file: File }) => {
  const output = useOutput(file)
  const scroller = useRef<HTMLDivElement>(null)
  const [chosen, choose] = useState<Line | null>(null)
  const lines = output.window?.lines ?? []
  const virtual = useVirtual({
    count: lines.length,
    scroller,
    size: lineHeight,
    overscan: 20,
    keyOf: (index) => lines[index]?.at ?? index
  })

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null || output.window === null) return
    // Lines before those that are read have come or gone: what is read stays where it is.
    if (output.hasJumped) element.scrollTop = 0
    else if (output.shift !== 0 && !output.isFollowing) element.scrollTop += output.shift * lineHeight
    output.hasJumped = false
    output.shift = 0
    if (output.isFollowing) element.scrollTop = element.scrollHeight
  }, [output.window])

  const scrolled = (): void => {
    const element = scroller.current
    const { window } = output
    if (element === null || window === null) return
    const below = element.scrollHeight - element.scrollTop - element.clientHeight
    output.isFollowing = below < lineHeight * 2 && isAtEnd(window)
    if (element.scrollTop < near * lineHeight) void output.backwards()
    if (below < near * lineHeight && !isAtEnd(window)) void output.forwards()
  }

  const { window } = output
  if (output.error !== null && window === null) return <p class="trouble">{output.error}</p>
  if (window === null) return <p class="none">Reading…</p>
  if (window.size === null)
    return <p class="none">{window.isRemoved ? "Removed by retention." : "Nothing was printed yet."}</p>
  return (
    <div class="log">
      <div class="bar">
        <button type="button" onClick={() => void output.near(0)}>
          Beginning
        </button>
        <Place output={output} size={window.size} />
        <button type="button" onClick={() => void output.end()}>
          {grows(window) ? "Follow the end" : "End"}
        </button>
        <span>
          {bytes(window.size)}
          {grows(window) && (output.isFollowing ? ", live" : ", still written")}
        </span>
      </div>
      <Lines
        virtual={virtual}
        scroller={scroller}
        label="Output"
        onScroll={scrolled}
        draw={(index) => {
          const line = lines[index]
          if (line === undefined) return null
          const isLong = line.text.length > longest
          return (
            <>
              <code onClick={() => choose(line)}>{isLong ? line.text.slice(0, longest) : line.text}</code>
              {isLong && (
                <button type="button" onClick={() => choose(line)}>
                  … {bytes(line.text.length)}
                </button>
              )}
            </>
          )
        }}
      />
      {chosen !== null && <Shown line={chosen} close={() => choose(null)} />}
    </div>
  )
}
