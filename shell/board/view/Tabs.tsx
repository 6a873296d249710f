/** A row of ways to go, of which one is where a person is: that one is always to be seen. */
import type { ComponentChildren } from "preact"
import { useEffect, useRef } from "preact/hooks"

export const Tabs = ({
  at,
  children,
  label
}: {
  readonly at: string
  readonly label: string
  readonly children: ComponentChildren
}) => {
  const row = useRef<HTMLElement>(null)
  useEffect(() => {
    const element = row.current
    const here = element?.querySelector("[aria-current]")
    if (element === null || !(here instanceof HTMLElement)) return
    element.scrollLeft = here.offsetLeft - (element.clientWidth - here.offsetWidth) / 2
  }, [at])
  return (
    <nav class="tabs" aria-label={label} ref={row}>
      {children}
    </nav>
  )
}
