/**
 * What a guard is, said once: a mechanism that protects a run, whether it can be turned off and where, and how often it
 * should show that it lives.
 */

interface Common {
  /** What it is called in events, listings and attention: `reconciler`. */
  readonly key: string
  readonly title: string
  /** Between two ticks of the guard when all is well; left out where it has no loop of its own. */
  readonly expectedTickMs?: number
  /** A person must know when it protects nobody; to turn it off takes an owner, a reason and an end. */
  readonly loadBearing: boolean
}

/** No configuration turns it off. */
export interface AlwaysOn extends Common {
  readonly kind: "always-on"
  readonly defaultEnabled: true
}

/** The paths are dotted and lead to a boolean each: `guards.inactivity.enabled`. */
export interface Configured extends Common {
  readonly kind: "config"
  readonly configPath: string
  /** What holds where the configuration says nothing. */
  readonly defaultEnabled: boolean
  readonly dryRunPath?: string
}

export type Declaration = AlwaysOn | Configured
