import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Frames from "../../../shell/board/model/Frames.ts"

/** A text in pieces, cut at any places. */
const cut = (text: string, places: ReadonlyArray<number>): ReadonlyArray<string> => {
  const at = [0, ...places.map((place) => place % (text.length + 1)), text.length].toSorted((a, b) => a - b)
  return at.slice(1).map((end, index) => text.slice(at[index], end))
}

const readAll = (pieces: ReadonlyArray<string>): ReadonlyArray<Frames.Frame> => {
  let reader = Frames.begin
  return pieces.flatMap((piece) => {
    const read = Frames.read(reader, piece)
    reader = read.reader
    return read.frames
  })
}

describe("the stream of events", () => {
  it("BRD-14 events come whole and in order however the stream is cut, and comments are none", () => {
    const event = fc.record({
      id: fc.integer({ min: 1 }).map(String),
      data: fc.array(fc.json(), { minLength: 1, maxLength: 3 }),
      comes: fc.constantFrom("", ": alive\n\n", "retry: 1000\n")
    })
    fc.assert(
      fc.property(fc.array(event), fc.array(fc.nat()), fc.constantFrom("\n", "\r\n", "\r"), (events, places, end) => {
        const text = events
          .map(({ comes, data, id }) => `${comes}id: ${id}\n${data.map((line) => `data: ${line}\n`).join("")}\n`)
          .join("")
          .replaceAll("\n", end)
        // The last line end may be half of one: what follows it shows.
        const frames = readAll([...cut(text, places), end])
        expect(frames).toEqual(events.map(({ data, id }) => ({ id, data: data.join("\n") })))
      })
    )
  })

  it("BRD-14 an event of several lines comes whole wherever the stream is cut, also within an end of a line", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const text = ["id: 1", "data: a", "data: b", "", "id: 2", "data: c", "", ""].join(end)
      for (let at = 0; at <= text.length; at++) {
        expect([at, readAll([text.slice(0, at), text.slice(at), end])]).toEqual([
          at,
          [
            { id: "1", data: "a\nb" },
            { id: "2", data: "c" }
          ]
        ])
      }
    }
  })
})
