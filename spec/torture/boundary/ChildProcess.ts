/** `node:child_process`, whose wrappers are announced; git is only asked. */
import * as Real from "node:child_process"
import { basename } from "node:path"
import { boundary } from "./Boundary.ts"

export * from "node:child_process"

export const spawn = (...args: ReadonlyArray<unknown>): unknown => {
  const name = basename(String(args[0]))
  if (name !== "git") boundary(`spawn ${name}`)
  return Reflect.apply(Real.spawn, Real, args)
}
