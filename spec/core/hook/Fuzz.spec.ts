import fc from "fast-check"
import { expect, it } from "vitest"
import { redact } from "../../../core/hook/Redaction.ts"
import { redactPlain } from "../../../core/hook/PlainRedaction.ts"
import { cutText, bytesOf } from "../../../core/hook/Cut.ts"
import { cutJson } from "../../../core/hook/CutJson.ts"
import { make } from "../../../core/hook/HookEvent.ts"
import { fragments, json, piece } from "./Fragments.ts"
const runs = { endOnFailure: true, numRuns: Number(process.env["N"] ?? 20000) }
it("plain idem", () => {
  fc.assert(
    fc.property(fragments(14), (t) => {
      const r = redactPlain(t)
      expect(redactPlain(r)).toBe(r)
    }),
    runs
  )
})
it("plain prefix", () => {
  fc.assert(
    fc.property(fragments(14), fc.nat(120), (t, n) => {
      const r = cutText(redactPlain(t), n + 60)
      expect(redactPlain(r)).toBe(r)
    }),
    runs
  )
})
it("redact idem", () => {
  fc.assert(
    fc.property(fragments(14), (t) => {
      const r = redact(t)
      expect(redact(r)).toBe(r)
    }),
    runs
  )
})
it("redact json idem", () => {
  fc.assert(
    fc.property(json, (v) => {
      const r = redact(JSON.stringify(v))
      JSON.parse(r)
      expect(redact(r)).toBe(r)
    }),
    runs
  )
})
it("cut json", () => {
  fc.assert(
    fc.property(fc.dictionary(fragments(3), json, { maxKeys: 6 }), fc.nat(600), (v, n) => {
      const r = redact(JSON.stringify(v))
      const limit = 60 + n
      if (bytesOf(r) <= limit) return
      const c = cutJson(r, { bytes: limit, whole: new Set(), fields: new Set(["session_id", "tool", "input", "cwd"]) })
      if (c === null) return
      JSON.parse(c)
      expect(new TextEncoder().encode(c).length).toBeLessThanOrEqual(limit)
      expect(redact(c)).toBe(c)
    }),
    runs
  )
})
it("make idem", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fragments(5),
          fc.oneof(
            json.map((v) => JSON.stringify(v)),
            fragments(5).map((t) => JSON.stringify(t))
          ),
          fc.nat(3000)
        ),
        { maxLength: 6 }
      ),
      fc.boolean(),
      fc.nat(3),
      (parts, isJ, kind) => {
        const body = parts.map(([k, v, n]) =>
          isJ
            ? `${JSON.stringify(k)}:${kind === 0 ? v : kind === 1 ? JSON.stringify(k.repeat(n)) : `[${Array.from({ length: n }, () => v).join()}]`}`
            : (k + v).repeat(n)
        )
        const text = isJ ? `{${body.join()}}` : kind === 0 ? `[${JSON.stringify(body)}]` : body.join("")
        const e = make("Stop", text)
        expect(new TextEncoder().encode(e.payload).length).toBeLessThanOrEqual(65536)
        expect(make("Stop", e.payload)).toEqual(e)
        if (isJ) JSON.parse(e.payload)
      }
    ),
    { endOnFailure: true, numRuns: runs.numRuns / 100 }
  )
})
