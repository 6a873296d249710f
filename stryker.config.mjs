/** Mutation testing of the core, started by `npm run mutate` (spec/mutation/main.ts). */
export default {
  testRunner: "specs",
  plugins: ["./dist/spec/mutation/Runner.js"],
  // Stryker rewrites the file that it finds here by an API that TypeScript 7 does not have: let it find none.
  tsconfigFile: "tsconfig.none.json",
  coverageAnalysis: "perTest",
  incremental: true,
  incrementalFile: ".stryker/incremental.json",
  tempDirName: ".stryker/tmp",
  cleanTempDir: "always",
  concurrency: 1,
  reporters: ["progress-append-only", "json"],
  jsonReporter: { fileName: ".stryker/report.json" },
  ignorePatterns: ["/dist"],
  // A mutant that loops for ever is dead too; on a busy machine one that does not must not look like it.
  timeoutMS: 10_000,
  timeoutFactor: 2,
  // Tables are made while a module is loaded, so that most mutants of theirs are static: worth their time.
  warnings: { slow: false }
}
