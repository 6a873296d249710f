/** Asks the running supervisor over the socket of the state directory. */
import { request } from "node:http"
import * as Effect from "effect/Effect"
import { Failed } from "./ExitCode.ts"

/** Milliseconds; a supervisor that is alive answers in a fraction of it. */
const patienceMs = 30_000

const codeOf = (cause: Error): unknown => ("code" in cause ? cause.code : undefined)

/** Nobody listens: no supervisor runs, or it has not opened its socket yet. */
const isNobody = (cause: Error): boolean => codeOf(cause) === "ENOENT" || codeOf(cause) === "ECONNREFUSED"

/** The body of a good answer; null where nobody listens. */
export const get = (socketPath: string, path: string, accept: string): Effect.Effect<string | null, Failed> =>
  Effect.async((resume) => {
    const failed = (why: string): void => resume(new Failed({ message: `the supervisor can not be asked: ${why}` }))
    const asked = request({ socketPath, path, headers: { accept }, timeout: patienceMs }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.once("error", ({ message }) => failed(message))
      response.once("end", () => {
        const body = Buffer.concat(chunks).toString("utf8")
        if (response.statusCode === 200) resume(Effect.succeed(body))
        else failed(`it answered ${response.statusCode}: ${body.trim()}`)
      })
    })
    asked.once("timeout", () => asked.destroy(new Error(`no answer within ${patienceMs / 1000} s`)))
    asked.once("error", (cause) => (isNobody(cause) ? resume(Effect.succeed(null)) : failed(cause.message)))
    asked.end()
    return Effect.sync(() => void asked.destroy())
  })
