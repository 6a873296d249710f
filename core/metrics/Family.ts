/**
 * What Prometheus calls a family: all samples of one metric, with what it is and what it means. Plain data.
 */

/** In the order in which they are shown; of several with one name the first counts. */
export type Labels = ReadonlyArray<readonly [name: string, value: string]>

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

export interface HistogramSample {
  readonly labels: Labels
  /** How many observations were at most `le`, those of the buckets before it among them; `+Inf` need not be there. */
  readonly buckets: ReadonlyArray<readonly [le: number, count: number]>
  readonly sum: number
  readonly count: number
}

export type Family =
  | {
      readonly type: "counter" | "gauge"
      readonly name: string
      readonly help: string
      readonly samples: ReadonlyArray<Sample>
    }
  | {
      readonly type: "histogram"
      readonly name: string
      readonly help: string
      readonly samples: ReadonlyArray<HistogramSample>
    }
