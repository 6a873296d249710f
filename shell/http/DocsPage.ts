/**
 * What drover can be asked, as a page for people: made from the OpenAPI document on the spot, whole in itself. It loads
 * nothing from anywhere and runs no script, and its policy forbids both.
 */
import { createHash } from "node:crypto"
import { isObject, type Json } from "./OpenApiDocument.ts"

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { font: 600 1rem/1.5 ui-monospace, monospace; margin: 2.5rem 0 0.25rem; border-top: 1px solid #8884; padding-top: 1rem }
h2 b { display: inline-block; min-width: 4rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: 0.2rem 1rem 0.2rem 0; border-bottom: 1px solid #8883 }
code, pre { font: 13px/1.45 ui-monospace, monospace }
pre { overflow: auto; max-height: 24rem; background: #8881; padding: 0.75rem }
`

/** For a header of its own: styles are the page's, and nothing else is allowed. */
export const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")

const at = (value: Json | undefined, ...path: ReadonlyArray<string>): Json => {
  let found: Json = value ?? null
  for (const key of path) found = isObject(found) ? (found[key] ?? null) : null
  return found
}

const textAt = (value: Json | undefined, ...path: ReadonlyArray<string>): string => {
  const found = at(value, ...path)
  return typeof found === "string" ? found : ""
}

const entriesOf = (value: Json): ReadonlyArray<readonly [string, Json]> =>
  isObject(value) ? Object.entries(value) : []
const listOf = (value: Json): ReadonlyArray<Json> => (Array.isArray(value) ? value : [])

const schemaText = (schema: Json): string => {
  const reference = textAt(schema, "$ref").split("/").at(-1) ?? ""
  if (reference !== "") return `<a href="#schema-${escaped(reference)}"><code>${escaped(reference)}</code></a>`
  return `<pre>${escaped(JSON.stringify(schema, null, 2))}</pre>`
}

const row = (...cells: ReadonlyArray<string>): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`

const parametersOf = (operation: Json): string => {
  const rows = listOf(at(operation, "parameters")).map((each) =>
    row(
      `<code>${escaped(textAt(each, "name"))}</code>`,
      escaped(textAt(each, "in")) + (at(each, "required") === true ? "" : ", may be left out"),
      escaped(textAt(each, "description"))
    )
  )
  return rows.length === 0 ? "" : `<table>${rows.join("")}</table>`
}

const bodyOf = (operation: Json): string => {
  const schema = at(operation, "requestBody", "content", "application/json", "schema")
  return schema === null ? "" : `<p>Body, JSON:</p>${schemaText(schema)}`
}

const answersOf = (operation: Json): string =>
  `<table>${entriesOf(at(operation, "responses"))
    .map(([status, answer]) => {
      const content = entriesOf(at(answer, "content"))
      const schemas = content.map(([type, each]) =>
        type === "application/json" && textAt(each, "schema", "$ref") === "" && status === "200"
          ? `<details><summary><code>${escaped(type)}</code></summary>${schemaText(at(each, "schema"))}</details>`
          : type === "application/json" && textAt(each, "schema", "$ref") !== ""
            ? schemaText(at(each, "schema"))
            : `<code>${escaped(type)}</code>`
      )
      return row(`<code>${escaped(status)}</code>`, escaped(textAt(answer, "description")), schemas.join(" "))
    })
    .join("")}</table>`

const operationOf = (path: string, method: string, operation: Json): string =>
  [
    `<h2 id="${escaped(textAt(operation, "operationId"))}"><b>${escaped(method.toUpperCase())}</b> ${escaped(path)}</h2>`,
    `<p>${escaped([textAt(operation, "summary"), textAt(operation, "description")].filter((text) => text !== "").join(". "))}</p>`,
    parametersOf(operation),
    bodyOf(operation),
    answersOf(operation)
  ].join("\n")

export const render = (document: Json): string => {
  const operations = entriesOf(at(document, "paths")).flatMap(([path, methods]) =>
    entriesOf(methods).map(([method, operation]) => operationOf(path, method, operation))
  )
  const schemas = entriesOf(at(document, "components", "schemas")).map(
    ([name, schema]) =>
      `<h2 id="schema-${escaped(name)}">${escaped(name)}</h2><pre>${escaped(JSON.stringify(schema, null, 2))}</pre>`
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>drover: HTTP</title>
<style>${style}</style>
</head>
<body>
<h1>drover: HTTP</h1>
<p>${escaped(textAt(document, "info", "description"))} The same as a document: <a href="/openapi.json">/openapi.json</a>.</p>
${operations.join("\n")}
<h1>Schemas</h1>
${schemas.join("\n")}
</body>
</html>
`
}
