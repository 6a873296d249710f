/** What looks at answers in the page, made as the build makes it, against what the HttpApi's schemas allow. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import * as HttpApi from "@effect/platform/HttpApi"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Api } from "../../shell/http/api/Api.ts"

const root = resolve(import.meta.dirname, "../..")

type Look = (answer: unknown) => boolean

const isLook = (value: unknown): value is Look => typeof value === "function"

/** What each endpoint answers with, where it is JSON. */
const schemas = (() => {
  const found = new Map<string, SchemaAST.AST>()
  HttpApi.reflect(Api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint: { name }, successes }) => {
      for (const { ast } of successes.values()) if (ast._tag === "Some") found.set(name, ast.value)
    }
  })
  return found
})()

/** What no JSON can say is something else. */
const finite = (_: string, value: unknown): unknown => {
  if (value === undefined) return null
  return typeof value === "number" && !Number.isFinite(value) ? 7 : value
}

describe("what looks at answers", () => {
  const folder = mkdtempSync(join(tmpdir(), "drover-answers-"))
  const looks = new Map<string, Look>()

  beforeAll(async () => {
    const script = `
      import { Api } from ${JSON.stringify(join(root, "dist/shell/http/api/Api.js"))}
      import { make } from ${JSON.stringify(join(root, "shell/board/answers.mjs"))}
      process.stdout.write(make(Api, "shell/board"))`
    const code = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 16_000_000
    })
    const file = join(folder, "answers.mjs")
    writeFileSync(file, code)
    const made: Readonly<Record<string, unknown>> = (await import(file)).answers
    for (const [name, look] of Object.entries(made)) if (isLook(look)) looks.set(name, look)
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  it("BRD-21 whatever the schema of an endpoint allows can be read, and what is none of it can not", () => {
    expect(looks.size).toBeGreaterThan(18)
    for (const [name, look] of looks) {
      const ast = schemas.get(name)
      if (ast === undefined) throw new Error(`${name} answers nothing`)
      const schema = Schema.encodedBoundSchema(Schema.make<unknown, unknown, never>(ast))
      fc.assert(
        fc.property(Arbitrary.make(schema), fc.nat(), (answer, which) => {
          const told: unknown = JSON.parse(JSON.stringify(answer, finite))
          expect([name, look(told)]).toEqual([name, true])
          if (typeof told !== "object" || told === null) return
          // What a later supervisor tells beside it does not matter, and what it does not tell does.
          expect([name, look({ ...told, later: 1 })]).toEqual([name, true])
          const keys = Object.keys(told)
          const key = keys[which % keys.length] ?? ""
          expect([name, key, look({ ...told, [key]: { no: "such thing" } })]).toEqual([name, key, false])
        }),
        { numRuns: 20 }
      )
      for (const other of [null, "", 1, [], {}, "<html>"])
        expect([name, other, look(other)]).toEqual([name, other, false])
    }
  })
})
