/**
 * Where a command writes: standard output for what was asked for, standard error for what went wrong. Colours and
 * redrawing happen on a terminal alone, and not where NO_COLOR, CI or a dumb terminal ask for none.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

interface Size {
  readonly columns: number
  readonly rows: number
}

export interface OutputService {
  /** Standard output is a terminal that can be redrawn. */
  readonly isLive: boolean
  readonly hasColour: boolean
  /** Of the terminal now; null where lines have no end. */
  readonly size: () => Size | null
  /** One or more whole lines of standard output. */
  readonly line: (text: string) => Effect.Effect<void>
  /** Standard output, byte for byte. */
  readonly raw: (text: string) => Effect.Effect<void>
  /** One JSON document on a line of its own. */
  readonly json: (value: unknown) => Effect.Effect<void>
  /** One or more whole lines of standard error. */
  readonly error: (text: string) => Effect.Effect<void>
}

export class Output extends Context.Tag("drover/cli/Output")<Output, OutputService>() {}

/** What a stream of Node's process is to us. */
export interface Sink {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly write: (text: string) => unknown
}

type Environment = Readonly<Record<string, string | undefined>>

const isSet = (value: string | undefined): boolean => value !== undefined && value !== ""

/** The variables are those of https://no-color.org and of common CI services. */
export const make = (out: Sink, err: Sink, environment: Environment): OutputService => {
  const isTerminal = out.isTTY === true && environment.TERM !== "dumb"
  const isLive = isTerminal && !isSet(environment.CI)
  const write = (sink: Sink, text: string) => Effect.sync(() => void sink.write(text))
  const lines = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`)
  return {
    isLive,
    hasColour: isLive && !isSet(environment.NO_COLOR),
    size: () => (isTerminal ? { columns: out.columns || 80, rows: out.rows || 24 } : null),
    line: (text) => write(out, lines(text)),
    raw: (text) => write(out, text),
    json: (value) => write(out, `${JSON.stringify(value)}\n`),
    error: (text) => write(err, lines(text))
  }
}
