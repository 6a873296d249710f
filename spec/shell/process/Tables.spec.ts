/** What the system prints about processes, parsed: total on any text, right on what was recorded. */
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Exit from "../../../shell/process/Exit.ts"
import { markerOf } from "../../../shell/process/ProcFs.ts"
import * as ProcStat from "../../../shell/process/ProcStat.ts"
import * as PsListing from "../../../shell/process/PsListing.ts"
import { shared } from "../../../shell/process/SharedLook.ts"

const number = fc.integer({ min: 0, max: 4_000_000 })
const anyText = fc.oneof(fc.fullUnicodeString(), fc.string({ maxLength: 200 }), fc.stringMatching(/^[ 0-9()SZ\n]*$/))

/** In the form in which ps of macOS prints with LC_ALL=C and TZ=UTC: no sessions, a zombie, a command with spaces, an early day. */
const macListing = `    1     0     1      0 Sat Nov  1 07:05:09 2025     Ss   /sbin/launchd
  501     1   501      0 Thu Nov 20 13:24:00 2025     S    /bin/sh -c sleep 60 | cat
  777   501   501      0 Thu Nov 20 13:24:01 2025     Z    (cat)
  900   501   900      0 Thu Nov 20 13:24:02 2025     S+   grep DROVER_ATTEMPT=abc file
`
const macEnvironments = `    1 Sat Nov  1 07:05:09 2025     /sbin/launchd
  501 Thu Nov 20 13:24:00 2025     /bin/sh -c sleep 60 | cat PATH=/usr/bin:/bin DROVER_ATTEMPT=abc.v1 HOME=/Users/a b
  777 Thu Nov 20 13:24:01 2025     (cat)
  900 Thu Nov 20 13:24:02 2025     grep DROVER_ATTEMPT=abc file PATH=/bin XDROVER_ATTEMPT=no
`

describe("the tables of processes", () => {
  it("PRC-3 a stat line is read by its place after the name, whatever the name is", () => {
    const fields = fc.tuple(
      fc.constantFrom("R", "S", "D", "T", "Z", "X"),
      fc.array(number, { minLength: 49, maxLength: 49 })
    )
    fc.assert(
      fc.property(number, fc.oneof(anyText, fc.constant(") Z (")), fields, (pid, name, [state, rest]) => {
        const found = Option.getOrThrow(ProcStat.parse(`${pid} (${name}) ${state} ${rest.join(" ")}\n`))
        const threads = rest[16] ?? 0
        expect(found).toMatchObject({
          pid,
          ppid: rest[0],
          pgid: rest[1],
          sid: rest[2],
          startTime: String(rest[18]),
          cpuMs: 10 * rest.slice(10, 14).reduce((sum, ticks) => sum + ticks, 0),
          // A process of which only the first thread is over still runs.
          state: state === "Z" && threads > 1 ? "S" : state
        })
      })
    )
  })

  it("PRC-3 a process that is reaped just now has no group and no session, and is no trouble for the look at the others", () => {
    // As Linux prints it between the release of the process and that of its pid.
    const line = `4242 (sh) X 0 -1 -1 0 -1 4227084 0 0 0 0 0 0 0 0 20 0 0 0 81204 ${"0 ".repeat(30)}`
    expect(ProcStat.parse(line)).toEqual(Option.some(null))
    expect(ProcStat.parse("")).toEqual(Option.some(null))
    for (const groups of ["-2 -1", "-1 1", "1 -1"]) {
      expect(ProcStat.parse(line.replace("-1 -1", groups))).toEqual(Option.none())
    }
    expect(Option.isNone(ProcStat.parse(line.replace("X 0", "X -1")))).toBe(true)
  })

  it("PRC-3 any other text is no stat line, and no error", () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => text !== ""),
        (text) => {
          expect(Option.isNone(ProcStat.parse(text))).toBe(true)
        }
      )
    )
  })

  it("PRC-3 a kernel thread is told from a process", () => {
    const line = (flags: number) => `2 (kthreadd) S 0 0 0 0 -1 ${flags} ${"0 ".repeat(40)}`
    const kernelThread = (flags: number) => Option.map(ProcStat.parse(line(flags)), (stat) => stat?.kernelThread)
    expect(kernelThread(0x00208040)).toEqual(Option.some(true))
    expect(kernelThread(0x00400100)).toEqual(Option.some(false))
  })

  it("PRC-3 the marker is the whole value of the variable, of the first of its name, and of no other name", () => {
    const name = fc.constantFrom("A", "DROVER_ATTEMPT_ID", "XDROVER_ATTEMPT", "X=DROVER_ATTEMPT")
    const value = fc.stringMatching(/^[ -~]{1,30}$/)
    const others = fc.array(fc.tuple(name, value).map(([a, b]) => `${a}=${b}`))
    fc.assert(
      fc.property(others, value, others, (before, marker, after) => {
        const block = [...before, `DROVER_ATTEMPT=${marker}`, ...after, "DROVER_ATTEMPT=second"]
        expect(markerOf(block.map((one) => `${one}\0`).join(""))).toBe(marker)
        expect(markerOf(block.join("\0"))).toBe(marker)
        expect(markerOf([...before, ...after].map((one) => `${one}\0`).join(""))).toBe(null)
      })
    )
    expect([markerOf("DROVER_ATTEMPT=\0"), markerOf(`DROVER_ATTEMPT=${"x".repeat(201)}`), markerOf("")]).toEqual([
      null,
      null,
      null
    ])
  })

  it("PRC-3 what ps of macOS prints is read, and an argument that looks like the variable marks nothing", () => {
    const entries = Either.getOrThrow(PsListing.parse(macListing, macEnvironments))
    expect(entries).toEqual([
      { pid: 1, ppid: 0, pgid: 1, sid: 0, startTime: "1761980709", state: "S", marker: null },
      { pid: 501, ppid: 1, pgid: 501, sid: 0, startTime: "1763645040", state: "S", marker: "abc.v1" },
      { pid: 777, ppid: 501, pgid: 501, sid: 0, startTime: "1763645041", state: "Z", marker: null },
      { pid: 900, ppid: 501, pgid: 900, sid: 0, startTime: "1763645042", state: "S", marker: null }
    ])
  })

  it("PRC-3 a pid that was used again between the two listings of ps takes no marker over", () => {
    const later = macEnvironments.replace("501 Thu Nov 20 13:24:00", "501 Thu Nov 20 13:24:59")
    expect(Either.getOrThrow(PsListing.parse(macListing, later)).map((entry) => entry.marker)).toEqual([
      null,
      null,
      null,
      null
    ])
  })

  it("PRC-3 a line of ps that is not understood is refused with the line, since to skip it would call a process absent", () => {
    fc.assert(
      fc.property(
        anyText.filter((text) => text.trim() !== "" && !text.includes("\n")),
        (line) => {
          expect(PsListing.parse(macListing + line, macEnvironments)).toEqual(Either.left(line))
          expect(PsListing.parse(macListing, macEnvironments + line)).toEqual(
            PsListing.parse(macListing, macEnvironments)
          )
        }
      )
    )
    expect(Either.isLeft(PsListing.parse(macListing.replace("Nov 20", "Foo 20"), ""))).toBe(true)
  })

  it("PRC-3 the time of the boot is read from sysctl, or refused", () => {
    expect(PsListing.parseBootTime("{ sec = 1763640000, usec = 12345 } Thu Nov 20 12:00:00 2025\n")).toEqual(
      Either.right("1763640000")
    )
    expect(PsListing.parseBootTime("usec = 5")).toEqual(Either.left("usec = 5"))
  })

  it("PRC-1 an exit record is decoded or refused, whatever the text", () => {
    const exit = fc.record({
      code: fc.option(fc.integer({ min: 0, max: 255 })),
      signal: fc.option(fc.constantFrom("SIGTERM", "SIGKILL")),
      at: fc.integer()
    })
    fc.assert(
      fc.property(exit, (record) => {
        expect(Exit.parse(JSON.stringify(record))).toEqual(Either.right(record))
      })
    )
    fc.assert(
      fc.property(fc.oneof(anyText, fc.json()), (text) => {
        expect(Either.isLeft(Exit.parse(text))).toBe(true)
      })
    )
  })

  it("PRC-2 a shared look begins after everyone who gets it has asked, and only one runs at a time", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 12 }), async (scheduler, callers) => {
        let time = 0
        let running = 0
        const look = shared(async () => {
          const began = ++time
          expect(++running).toBe(1)
          await scheduler.schedule(Promise.resolve(), "look")
          running--
          if (began % 3 === 0) throw began
          return began
        })
        const asked = Array.from({ length: callers }, async () => {
          await scheduler.schedule(Promise.resolve(), "ask")
          const at = ++time
          const began = await look().catch((failed: unknown) => Number(failed))
          expect(began).toBeGreaterThan(at)
        })
        await scheduler.waitFor(Promise.all(asked))
      })
    )
  })
})
