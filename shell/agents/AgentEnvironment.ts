/**
 * The environment of an agent or verifier: a short list of what any program needs, what its definition names, and what
 * drover tells it. Nothing else of the supervisor's environment reaches it (AGT-4).
 */

const passed = new Set(["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "TZ", "TMPDIR", "TERM"])

type Variables = Readonly<Record<string, string | undefined>>

export interface Wanted {
  /** Names of the supervisor's own variables that are wanted besides. */
  readonly passEnv: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
}

/** `own` wins over the definition, which wins over what is passed. */
export const environment = (
  source: Variables,
  wanted: Wanted,
  own: Readonly<Record<string, string>>
): Record<string, string> => {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(source)) {
    const isPassed = passed.has(name) || name.startsWith("LC_") || wanted.passEnv.includes(name)
    if (isPassed && value !== undefined) result[name] = value
  }
  return { ...result, ...wanted.env, ...own }
}
