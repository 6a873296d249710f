/** Messages, deliveries and sessions for the specs of the mailbox. */
import fc from "fast-check"
import type { Delivery, Message } from "../../../core/mailbox/Message.ts"
import type { Session } from "../../../core/mailbox/Session.ts"
import { AttemptNumber, TaskId } from "../../../core/task/Identifiers.ts"

export const work = { task: TaskId.make(7), attempt: AttemptNumber.make(2), visit: 3 }

export const message = (options: Partial<Message> = {}): Message => ({
  id: "m1",
  role: "reviewer",
  from: "coder",
  text: "look at the parser",
  hop: 1,
  at: 1000,
  work: null,
  state: { _tag: "Waiting" },
  ...options
})

export const delivery = (options: Partial<Delivery> = {}): Delivery => ({
  id: 4,
  role: "reviewer",
  session: "s1",
  at: 2000,
  hop: 2,
  chain: 1,
  printed: 1,
  confirmedAt: null,
  endedAt: null,
  said: null,
  ...options
})

export const session = (options: Partial<Session> = {}): Session => ({
  session: "s1",
  role: "reviewer",
  bound: 5,
  at: 100,
  cwd: "/work",
  process: null,
  spokenAt: null,
  endedAt: null,
  ...options
})

export const anyText = fc.oneof(
  fc.constantFrom("thanks", "OK.", "stop", "please look", "x".repeat(9000)),
  fc.string(),
  fc.fullUnicodeString()
)

const anyMessage: fc.Arbitrary<Message> = fc
  .record({
    text: anyText,
    from: fc.constantFrom("coder", "operator", "qa"),
    hop: fc.integer({ min: 1, max: 8 }),
    at: fc.integer({ min: 0, max: 5000 }),
    work: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constant(work) })
  })
  .map(message)

export const anyMail = fc
  .array(anyMessage, { maxLength: 40 })
  .map((all) => all.map((each, index) => ({ ...each, id: `m${index}` })))

const moment = fc.option(fc.integer({ min: 2000, max: 4000 }))

export const anyDelivery: fc.Arbitrary<Delivery> = fc
  .record({
    hop: fc.integer({ min: 0, max: 8 }),
    chain: fc.integer({ min: 1, max: 9 }),
    printed: fc.integer({ min: 1, max: 4 }),
    confirmedAt: moment,
    endedAt: moment
  })
  .map(delivery)
