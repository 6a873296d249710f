/** Settings as people and programs write them: any JSON, any white space, hooks of others in the same lists. */
import fc from "fast-check"
import { namesOf } from "../../../../core/hook/VendorHooks.ts"

const space = fc.constantFrom("", "", " ", "\n", "\t", "\r\n", "  ", "\n  ", "\n\t\t", " \r\n ")

/** The value with a piece of white space wherever the grammar has room for one (RFC 8259, 2). */
const write = (value: unknown, next: () => string): string => {
  const gap = (text: string): string => next() + text + next()
  if (Array.isArray(value)) {
    return value.length === 0 ? `[${next()}]` : `[${value.map((each) => gap(write(each, next))).join(",")}]`
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([key, each]) => `${gap(JSON.stringify(key))}:${gap(write(each, next))}`)
  return members.length === 0 ? `{${next()}}` : `{${members.join(",")}}`
}

const wild = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc.tuple(value, fc.array(space, { minLength: 1, maxLength: 40 })).map(([given, spaces]) => {
    let index = 0
    const next = (): string => spaces[index++ % spaces.length] ?? ""
    return next() + write(given, next) + next()
  })

const neat = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  fc
    .tuple(value, fc.constantFrom("", " ", "  ", "    ", "\t"), fc.constantFrom("\n", "\r\n"), fc.boolean())
    .map(([given, indent, end, isEnded]) => {
      const text = JSON.stringify(given, null, indent).replaceAll("\n", end)
      return isEnded ? text + end : text
    })

const command = fc.oneof(
  fc.constantFrom("./check.sh", "'/opt/hook' Stop", "echo # drover", "'/a b/hook' Stop # drovers", "drover", ""),
  fc.string()
)
const handler = fc.oneof(
  fc.record({ type: fc.constantFrom("command", "http"), command }),
  fc.record({ type: fc.constant("command"), command, timeout: fc.nat() })
)
const group = fc.record(
  { matcher: fc.constantFrom("", "Bash", "*"), hooks: fc.array(handler, { maxLength: 3 }) },
  { requiredKeys: ["hooks"] }
)
const lists = fc.array(fc.oneof({ weight: 5, arbitrary: group }, fc.constantFrom(null, 1, {}, { hooks: 1 })), {
  maxLength: 3
})
const hooks = fc
  .tuple(
    fc.dictionary(fc.constantFrom(...namesOf("claude-code"), "Interrupt", "Other"), lists, { maxKeys: 4 }),
    fc.dictionary(fc.constantFrom("Note", "enabled"), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 1 })
  )
  .map(([known, other]) => ({ ...known, ...other }))

const rest = fc.dictionary(
  fc.string().filter((key) => key !== "hooks" && key !== "__proto__"),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 4 }
)

const settings = fc
  .tuple(rest, fc.option(hooks, { nil: undefined }), rest)
  .map(([before, own, after]) => (own === undefined ? { ...before, ...after } : { ...before, hooks: own, ...after }))

/** Texts without any entry of drover. */
export const texts: fc.Arbitrary<string> = fc.oneof(wild(settings), neat(settings))
