/** Many lines of one height, of which only those that are to be seen are in the page. */
import type { ComponentChildren, RefObject } from "preact"
import type { Virtual } from "./Virtual.tsx"

/** Pixels of a line (`.line` in the styles). */
export const lineHeight = 20

interface Props {
  readonly virtual: Virtual
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly label: string
  readonly draw: (index: number) => ComponentChildren
  readonly onScroll?: () => void
}

/** A region of its own that the keyboard can scroll. */
export const Lines = ({ draw, label, onScroll, scroller, virtual }: Props) => (
  <div class="lines" ref={scroller} tabIndex={0} role="region" aria-label={label} onScroll={onScroll}>
    <div class="all" style={{ height: `${virtual.height}px` }}>
      {virtual.items.map(({ index, key, start }) => (
        <div key={key} class="line" style={{ transform: `translateY(${start}px)` }}>
          {draw(index)}
        </div>
      ))}
    </div>
  </div>
)
