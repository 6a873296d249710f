/** A part of the page that may fail: what went wrong is said in its place, and the rest of the page stays. */
import type { ComponentChildren } from "preact"
import { useEffect, useErrorBoundary } from "preact/hooks"

const text = (error: unknown): string => (error instanceof Error ? error.message : String(error))

interface Props {
  /** Another place is tried anew. */
  readonly at: string
  readonly children: ComponentChildren
}

export const Guarded = ({ at, children }: Props) => {
  const [error, again] = useErrorBoundary((cause: unknown) => console.error(cause))
  useEffect(() => {
    if (error !== undefined) again()
  }, [at])
  if (error === undefined) return <>{children}</>
  return (
    <main class="empty" id="main" tabIndex={-1}>
      <h1>This could not be shown</h1>
      <p role="alert">A mistake in the page: {text(error)}. The supervisor and its agents do not notice.</p>
      <p class="choices">
        <button type="button" onClick={again}>
          Try again
        </button>
        <button type="button" onClick={() => location.reload()}>
          Load the page again
        </button>
      </p>
    </main>
  )
}
