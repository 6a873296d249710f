/**
 * The smallest simulation that still breaks a promise: faults are left out and tasks are not started, in ever smaller
 * parts, as long as the same requirement is broken.
 */
import { type Job, playAll, type Told } from "./Pool.ts"

/** A shrink that takes longer than a person waits is of no use. */
const mostRuns = 100

const isBroken = ({ violations }: Told, requirement: string): boolean =>
  violations.some((violation) => violation.requirement === requirement)

/** Parts of a list, the first of the halves. */
const parts = (all: ReadonlyArray<number>, size: number): ReadonlyArray<ReadonlyArray<number>> =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))

const without = (all: ReadonlyArray<number>, part: ReadonlyArray<number>): ReadonlyArray<number> =>
  all.filter((one) => !part.includes(one))

export const shrink = async (found: Told): Promise<Told> => {
  const requirement = found.violations[0]?.requirement ?? ""
  let best: Told = { ...found, job: { ...found.job, isShort: true } }
  let runs = 0
  const mayGoOn = (): boolean => runs < mostRuns

  const tryAll = async (jobs: ReadonlyArray<Job>): Promise<boolean> => {
    let better: Told | null = null
    runs += jobs.length
    await playAll(jobs, (told) => {
      if (isBroken(told, requirement)) better ??= told
    })
    if (better === null) return false
    best = better
    return true
  }

  /** Takes away parts of what is there as long as that can be done. */
  const reduce = async (count: number, gone: (job: Job) => ReadonlyArray<number>, name: "without" | "idle") => {
    const first = name === "idle" ? 1 : 0
    const present = (): ReadonlyArray<number> =>
      without(
        Array.from({ length: count }, (_, index) => index + first),
        gone(best.job)
      )
    for (let size = Math.ceil(count / 2); size >= 1 && mayGoOn(); size = Math.floor(size / 2)) {
      let isReduced = true
      while (isReduced && mayGoOn()) {
        const jobs = parts(present(), size).map((part) => ({ ...best.job, [name]: [...gone(best.job), ...part] }))
        isReduced = await tryAll(jobs)
      }
    }
  }

  // What has fewer tasks is played faster.
  await reduce(found.job.tasks, (job) => job.idle, "idle")
  await reduce(found.faults, (job) => job.without, "without")
  return best
}
