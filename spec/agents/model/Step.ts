/** What the scripted model answers to one request. */
export type Step =
  | { readonly text: string }
  /** Its agent is to run that command. */
  | { readonly sh: string; readonly text?: string }
  /** An HTTP error in the shape of the vendor's API. */
  | {
      readonly status: number
      readonly message: string
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: unknown
    }
  /** It never answers. */
  | { readonly hang: true }
  /** The connection is closed in the middle of the answer. */
  | { readonly cut: string }

/** What an answer is made of, whatever the protocol. */
export interface Answer {
  readonly text: string | null
  readonly sh: string | null
}

/** So much is used by each answer. */
export const usage = { input: 100, output: 20 } as const

/** Of server-sent events: a name, or none, and data. */
export interface Event {
  readonly event: string | null
  readonly data: unknown
}

export type Protocol = (model: string, id: string, answer: Answer) => ReadonlyArray<Event>
