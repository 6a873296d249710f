#!/usr/bin/env node
/**
 * Starts drover: answers `--version` itself, gives `ingest` to a small bundle of its own, and runs everything else from
 * the large one beside it, through the code V8 compiled when the package was built. It promises to start without that
 * code too, only slower.
 */
"use strict"

if (process.argv.length === 3 && process.argv[2] === "--version") {
  console.log(process.env.DROVER_VERSION)
} else if (process.argv[2] !== "ingest" || !require(`${__dirname}/ingest.cjs`).run(process.argv.slice(3))) {
  start()
}

function start() {
  const fs = require("node:fs")
  const path = require("node:path")
  const vm = require("node:vm")

  const filename = path.join(__dirname, "cli.cjs")
  // The bundle is ASCII (build.mjs sees to it), so no character needs decoding.
  const source = fs.readFileSync(filename, "latin1")
  const script = new vm.Script(source, { filename, cachedData: compiled(source) })
  const module = { exports: {} }
  script.runInThisContext()(module.exports, require, module, filename, __dirname)

  /** V8's code for exactly this source, or nothing; V8 itself compares no more than the length. */
  function compiled(text) {
    try {
      const cache = fs.readFileSync(path.join(__dirname, "cli.cache"))
      const body = cache.length - TAG_LENGTH
      return cache.latin1Slice(body) === text.slice(-TAG_LENGTH) ? cache.subarray(0, body) : undefined
    } catch {
      // No cache, or none that can be read: a slower start is all there is to it.
      return undefined
    }
  }
}
