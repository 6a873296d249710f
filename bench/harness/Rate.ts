/** Steps in millions a second, for what is too short to be timed one by one: the median of rounds of many turns. */
import { only, type Place, type Sample } from "../Scenario.ts"
import { median } from "./Statistics.ts"

const rounds = 30
const warmUp = 10

/** `takeTurn` takes that many steps and answers where it ended, which must be the same every time. */
export const rate = (
  turns: number,
  steps: number,
  end: string,
  { isQuick }: Place,
  takeTurn: () => string
): Promise<Sample> => {
  const each = isQuick ? Math.ceil(turns / 4) : turns
  const took: Array<number> = []
  for (let round = -warmUp; round < rounds; round++) {
    const begun = performance.now()
    for (let index = 0; index < each; index++) {
      const ended = takeTurn()
      if (ended !== end) throw new Error(`a turn ended in ${ended}`)
    }
    if (round >= 0) took.push(performance.now() - begun)
  }
  return Promise.resolve(only((each * steps) / median(took) / 1000))
}
