/**
 * Builds the board's page into dist/board: `index.html` and `assets/` with names that say what is in them. The page is at
 * once all new: files that it needs are written first, `index.html` is renamed over the old one, what nobody names any more goes last.
 * A page that has grown too large, that has a script or a style within its text, or that names another host, is not built.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { gzipSync } from "node:zlib"
import * as HttpApi from "@effect/platform/HttpApi"
import { build } from "vite"
import { Api } from "../../dist/shell/http/api/Api.js"
import * as Answers from "./answers.mjs"

/** Bytes of everything that a browser loads, compressed as the supervisor does it. */
const largest = 200_000

const root = resolve("shell/board")
const out = resolve("dist/board")
const { version } = JSON.parse(readFileSync("package.json", "utf8"))

/** Method and path of every endpoint by its name: what the page's client is made from, without Effect being in the page. */
const endpoints = {}
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint }) => {
    endpoints[endpoint.name] = { method: endpoint.method, path: endpoint.path }
  }
})

const answers = {
  name: "answers",
  resolveId: (id) => (id === "virtual:answers" ? id : undefined),
  load: (id) => (id === "virtual:answers" ? Answers.make(Api, root) : undefined)
}

const result = await build({
  root,
  base: "/",
  configFile: false,
  logLevel: "warn",
  publicDir: false,
  define: { ENDPOINTS: JSON.stringify(endpoints), VERSION: JSON.stringify(version) },
  plugins: [answers],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    write: false,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    reportCompressedSize: false,
    rolldownOptions: { checks: { pluginTimings: false } }
  }
})
const files = [result]
  .flat()
  .flatMap(({ output }) =>
    output.map((file) => ({ name: file.fileName, bytes: Buffer.from(file.type === "chunk" ? file.code : file.source) }))
  )

const page = files.find(({ name }) => name === "index.html")?.bytes.toString() ?? ""
if (/<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|\/\/[a-z]/i.test(page.replace(/<!--.*?-->/gs, ""))) {
  throw new Error("the page has a script or a style in its text, or names another host: the board's policy forbids it")
}
const size = files.reduce((sum, { bytes }) => sum + gzipSync(bytes, { level: 9 }).length, 0)
if (size > largest) throw new Error(`the page has ${size} bytes, compressed; it may have ${largest}`)

const publish = ({ bytes, name }) => {
  const file = join(out, name)
  mkdirSync(dirname(file), { recursive: true })
  const fresh = join(dirname(file), `.${basename(file)}.${process.pid}`)
  writeFileSync(fresh, bytes)
  renameSync(fresh, file)
}
for (const file of files) if (file.name !== "index.html") publish(file)
publish({ name: "index.html", bytes: Buffer.from(page) })
const named = new Set(files.map(({ name }) => name))
for (const name of readdirSync(join(out, "assets"))) {
  if (!named.has(`assets/${name}`) && !name.startsWith(".")) rmSync(join(out, "assets", name))
}
console.log(`dist/board: ${files.length} files, ${size} bytes compressed`)
