/**
 * What is known of a guard beside its configuration: what it says of itself, or why it says nothing.
 */

/** What a running guard answers at once, from memory. */
export interface Status {
  readonly enabled: boolean
  readonly dryRun?: boolean
  /** Epoch milliseconds. */
  readonly lastTickAt?: number
  readonly reason?: string
  /** It runs, and can not see what it should look at. */
  readonly blind?: boolean
}

export type Runtime =
  /** `since`: when it registered, epoch milliseconds. */
  | { readonly _tag: "Registered"; readonly since: number; readonly status: Status }
  | { readonly _tag: "Threw"; readonly message: string }
  /** This process runs guards, and not this one. */
  | { readonly _tag: "Unregistered" }
  /** Nobody here could have registered it: no supervisor runs, or it runs elsewhere. */
  | { readonly _tag: "Unobserved"; readonly why: string }
