import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { expect, it } from "vitest"
import { nothing } from "../../../shell/config/AttentionTable.ts"
import * as Configuration from "../../../shell/config/Configuration.ts"
import * as Toml from "../../../shell/config/Toml.ts"
import { brief } from "./TaskFiles.ts"

const read = (text: string) => Toml.parse("/etc/x/config.toml", text).pipe(Either.flatMap(Configuration.fromDocument))
const refusal = (text: string) => Either.getOrThrow(Either.flip(read(text)))

it("GRD-2 what is to reach a person is read as it is written; a path is relative to the file", () => {
  expect(Either.getOrThrow(read("")).attention).toEqual(nothing)
  const text = `[attention]\ncommand = "bin/tell"\nargs = ["a b", ""]\ndesktop = true\nbell = true\nwebhook = "https://h.example/x"\n`
  const { webhook, ...rest } = Either.getOrThrow(read(text)).attention
  expect(rest).toEqual({ command: { command: "/etc/x/bin/tell", args: ["a b", ""] }, desktop: true, bell: true })
  expect(webhook === null ? null : Redacted.value(webhook)).toBe("https://h.example/x")
  expect(JSON.stringify({ webhook })).not.toContain("example")
  const plain = Either.getOrThrow(read(`[attention]\ncommand = "tell"\n`)).attention
  expect(plain.command).toEqual({ command: "tell", args: [] })
})

it("API-1 a key that is none of the table, arguments of no program and a URL that can not be posted to are refused with their lines", () => {
  expect(brief(refusal(`[attention]\ncomand = "x"\n`).problems)).toEqual([["Key", 2, "attention.comand", "command"]])
  expect(brief(refusal(`[attention]\nargs = ["x"]\n`).problems)).toEqual([["Key", 2, "attention.args", null]])
  expect(brief(refusal(`[attention]\ndesktop = "yes"\n`).problems)).toEqual([["Value", 2, "attention.desktop", null]])
  for (const url of ["s3cret", "ftp://h/s3cret", "https://me:s3cret@h/", "https://s3cret@h/", "http://"]) {
    const { message, problems } = refusal(`[attention]\n\nwebhook = "${url}"\n`)
    expect(brief(problems)).toEqual([["Value", 3, "attention.webhook", null]])
    // Whoever knows it may send to it: it is in no message, and so in no log.
    expect(message).not.toContain("s3cret")
  }
})
