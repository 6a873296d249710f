/** Runs the benchmarks and prints their ratios. */
export {}
