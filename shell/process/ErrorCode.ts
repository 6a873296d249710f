/** What the system calls an error: `ENOENT` and the like. */

/** Undefined for what is no error of the system's. */
export const codeOf = (cause: unknown): unknown =>
  typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
