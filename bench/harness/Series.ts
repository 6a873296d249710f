/**
 * The samples of one scenario: its sides take turns, forwards and backwards (ABBA), so that what drifts during the run
 * meets all of them alike. The first round is warm-up and thrown away.
 */
import { mkdtemp } from "node:fs/promises"
import { join } from "node:path"
import type { Kind, Sample, Scenario } from "../Scenario.ts"
import * as SampleProcess from "./SampleProcess.ts"

export interface Options {
  /** The folder on the disk under test. */
  readonly root: string
  readonly isQuick: boolean
  /** Where other systems are; null in a run without them. */
  readonly peers: string | null
  readonly onSample: (scenario: string, variant: string, round: number) => void
}

/** The samples of each side, in the order of the rounds. */
export type Series = ReadonlyMap<string, ReadonlyArray<Sample>>

/** The smallest numbers whose spread was measured (PERFORMANCE, section 0); a quick run trades width for time. */
const repetitions: { readonly [K in Kind]: { readonly full: number; readonly quick: number } } = {
  cpu: { full: 5, quick: 3 },
  disk: { full: 9, quick: 3 },
  spawn: { full: 9, quick: 5 }
}

const roundsOf = ({ kind, rounds }: Scenario, isQuick: boolean): number =>
  rounds ?? repetitions[kind][isQuick ? "quick" : "full"]

/** Forwards in even rounds, backwards in odd ones. */
const turns = (names: ReadonlyArray<string>, round: number): ReadonlyArray<string> =>
  round % 2 === 0 ? names : names.toReversed()

/** Makes what the scenario's samples read; its folder. */
export const prepare = async (scenario: Scenario, { isQuick, peers, root }: Options): Promise<string> => {
  if (scenario.prepare === undefined) return ""
  const fixture = await mkdtemp(join(root, "fixture-"))
  await SampleProcess.prepare({ scenario: scenario.id, variant: null, fixture, isQuick, nodeArgs: [], peers }, root)
  return fixture
}

export const run = async (
  scenario: Scenario,
  fixture: string,
  { isQuick, onSample, peers, root }: Options
): Promise<Series> => {
  const names = [scenario.subject, ...scenario.references].map(({ name }) => name)
  const series = new Map<string, Array<Sample>>(names.map((name) => [name, []]))
  // Round -1 is the warm-up: it fills the page cache, and is not looked at. Of a single round the work itself fills it.
  // In a quick run the A/A pairs, which have no goals, have filled it for all.
  const isWarm = scenario.rounds === 1 || (isQuick && scenario.goals.length > 0)
  for (let round = isWarm ? 0 : -1; round < roundsOf(scenario, isQuick); round++) {
    for (const variant of turns(names, Math.abs(round))) {
      onSample(scenario.id, variant, round)
      const sample = await SampleProcess.sample(
        { scenario: scenario.id, variant, fixture, isQuick, nodeArgs: [], peers },
        root
      )
      if (round >= 0) series.get(variant)?.push(sample)
    }
  }
  return series
}
