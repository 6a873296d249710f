/** Two projects: core's pure specs share threads, the rest gets processes of its own kind. */
import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { Order } from "./spec/Order.ts"

// The time limit is for a spec that hangs, however busy the machine is: no spec measures anything by it.
const shared = {
  setupFiles: ["spec/setup.ts"],
  globalSetup: ["spec/seed.ts"],
  testTimeout: 180_000,
  hookTimeout: 180_000
}

export default defineConfig({
  test: {
    // Most of a shell spec is waiting for a process, or for time to pass in one: a core serves two of them.
    maxWorkers: 2 * availableParallelism(),
    sequence: { sequencer: Order },
    // npm run coverage: what the core's own specs reach of the core.
    coverage: {
      provider: "v8",
      include: ["core/**/*.ts"],
      exclude: ["spec/**"],
      reporter: [["text", { skipFull: true }], "json"],
      thresholds: { branches: 100, functions: 100, lines: 100, statements: 100 }
    },
    // npm run torture: what would fill disks and take all processors.
    projects: [
      ...(process.env.DROVER_TORTURE === undefined
        ? []
        : [
            {
              test: {
                ...shared,
                testTimeout: 600_000,
                name: "torture",
                include: ["spec/torture/**/*.spec.ts"],
                pool: "forks" as const,
                fileParallelism: false
              }
            }
          ]),
      // npm run spec:agents: the folder with the vendors' programs.
      ...(process.env.DROVER_AGENTS === undefined
        ? []
        : [
            {
              test: {
                ...shared,
                testTimeout: 300_000,
                name: "agents",
                include: ["spec/agents/**/*.spec.ts"],
                pool: "forks" as const,
                fileParallelism: false
              }
            }
          ]),
      // npm run spec:board: the board with 10,000 tasks, by the clock.
      ...(process.env.DROVER_BOARD === undefined
        ? []
        : [
            {
              test: {
                ...shared,
                testTimeout: 300_000,
                hookTimeout: 300_000,
                name: "board",
                include: ["spec/board/deep/**/*.spec.ts"],
                pool: "forks" as const,
                fileParallelism: false
              }
            }
          ]),
      {
        test: {
          ...shared,
          name: "core",
          include: ["spec/core/**/*.spec.ts"],
          pool: "threads",
          isolate: false
        }
      },
      {
        test: {
          ...shared,
          name: "shell",
          include: ["spec/**/*.spec.ts"],
          exclude: ["spec/core/**", "spec/torture/**", "spec/agents/**", "spec/board/deep/**"],
          pool: "forks",
          isolate: false
        }
      }
    ]
  }
})
