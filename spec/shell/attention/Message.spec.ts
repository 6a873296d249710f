import fc from "fast-check"
import { expect, it } from "vitest"
import { TaskId } from "../../../core/task/Identifiers.ts"
import * as Desktop from "../../../shell/attention/Desktop.ts"
import * as Message from "../../../shell/attention/Message.ts"
import { remedy } from "../../../shell/attention/NextCommand.ts"

const text = fc.oneof(
  fc.fullUnicodeString({ maxLength: 60 }),
  fc.constantFrom("-x", "\u001b]0;title\u0007", "a\0b", "<b>&amp;", "'; rm -rf /", "漢".repeat(5000), "\r\n\t", "")
)
const told: fc.Arbitrary<Message.Told> = fc.record({
  id: fc.nat(),
  key: text,
  task: fc.option(fc.integer({ min: 1, max: 99 }).map((id) => TaskId.make(id))),
  text,
  raisedAt: fc.nat(),
  remedy: text,
  tries: fc.integer({ min: 1, max: 3 })
})
const items = fc.array(told, { minLength: 1, maxLength: 150 })

it("GRD-2 a message holds nothing that a terminal or an environment would obey, and is never long", () => {
  fc.assert(
    fc.property(items, text, (all, host) => {
      const { json, text, title, variables } = Message.make(all, host.replaceAll("\0", ""))
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(title + text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
      expect(text.length).toBeLessThan(6 * 4100)
      for (const value of Object.values(variables)) expect(value).not.toContain("\0")
      expect(json.indexOf("\n")).toBe(json.length - 1)
      const { count, items } = JSON.parse(json)
      expect(count).toBe(all.length)
      expect(items.map(({ id }: { readonly id: number }) => id)).toEqual(all.slice(0, 100).map(({ id }) => id))
    })
  )
})

it("GRD-2 a notification of the desktop takes title and text as arguments alone, and as no options and no markup", () => {
  fc.assert(
    fc.property(items, fc.constantFrom("linux" as const, "darwin" as const), (all, platform) => {
      const message = Message.make(all, "here")
      const { args, command } = Desktop.commandOf(platform, message)
      const [title = "", body = ""] = args.slice(-2)
      expect([command, title]).toEqual([platform === "linux" ? "notify-send" : "osascript", message.title])
      expect(title).toMatch(/^drover/)
      const fixed = Desktop.commandOf(platform, Message.make([], "here")).args.slice(0, -2)
      expect(args.slice(0, -2)).toEqual(fixed)
      const isMarkup = platform === "linux"
      if (isMarkup) {
        expect(args.at(-3)).toBe("--")
        expect(body).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
      }
      const read = body.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")
      expect(isMarkup ? read : body).toBe(message.text)
    })
  )
})

it("GRD-2 whatever needs a person comes with a command to begin with", () => {
  expect(remedy("account:my plan:paused", null)).toBe("drover resume-account 'my plan'")
  expect(remedy("account:it's:paused", null)).toBe(String.raw`drover resume-account 'it'\''s'`)
  expect(remedy("guard:lock", null)).toBe("drover guards, drover doctor")
  expect(remedy("guards:configuration", null)).toBe("drover guards, drover doctor")
  // What shows mail takes none: the item would stay.
  expect(remedy("mailbox:operator", null)).toBe("drover inbox --role operator --drain")
  for (const key of ["mailbox:chain:reviewer", "mailbox:hops:reviewer"]) {
    expect(remedy(key, null)).toBe("type something in the session of reviewer: what waits goes on with that")
  }
  expect(remedy("something new", null)).toBe("drover doctor")
})
