/** Gives every property the run's seed and size, so that a red run can be repeated exactly (DROVER_SEED, DROVER_RUNS). */
import fc from "fast-check"
import { inject } from "vitest"

fc.configureGlobal({ seed: inject("seed"), numRuns: inject("runs") })
