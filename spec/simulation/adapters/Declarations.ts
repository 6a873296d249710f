/** The guards as they are, with the cadence that supervisors of the simulation have: they look less often (`Cadence`). */
import * as Real from "../../../shell/guards/Declarations.ts"

const minute = 60_000

const cadences: Readonly<Partial<Record<Real.Key, number>>> = {
  lock: 5 * minute,
  fencing: 5 * minute,
  reconciler: 4 * minute,
  watchdog: 1.5 * minute,
  ingest: 8 * minute,
  promises: 5 * minute,
  mailbox: minute,
  attention: 25 * minute
}

export const declarations = Real.declarations.map((declaration) => {
  const expectedTickMs = cadences[declaration.key]
  return expectedTickMs === undefined ? declaration : { ...declaration, expectedTickMs }
})
