/**
 * Where the time of a sample goes: the functions in which the processor was found most often.
 */
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import * as Schema from "effect/Schema"

/** The part that is used of what `--cpu-prof` writes. */
const File = Schema.parseJson(
  Schema.Struct({
    nodes: Schema.Array(
      Schema.Struct({
        id: Schema.Number,
        callFrame: Schema.Struct({ functionName: Schema.String, url: Schema.String, lineNumber: Schema.Number })
      })
    ),
    samples: Schema.Array(Schema.Number),
    timeDeltas: Schema.Array(Schema.Number)
  })
)

const shown = 15

/** Arguments for Node that leave a profile in that folder when the process ends. */
export const flags = (directory: string): ReadonlyArray<string> => ["--cpu-prof", `--cpu-prof-dir=${directory}`]

/** The frames with the most time of their own, in the profiles of a folder. */
export const lines = async (directory: string): Promise<ReadonlyArray<string>> => {
  const own = new Map<string, number>()
  let total = 0
  for (const name of await readdir(directory)) {
    const { nodes, samples, timeDeltas } = Schema.decodeUnknownSync(File)(await readFile(join(directory, name), "utf8"))
    const frames = new Map(nodes.map(({ callFrame, id }) => [id, callFrame]))
    for (const [index, id] of samples.entries()) {
      const frame = frames.get(id)
      const took = timeDeltas[index] ?? 0
      if (frame === undefined || frame.functionName === "(idle)") continue
      const place = frame.url === "" ? "" : ` ${frame.url.split("/").slice(-3).join("/")}:${frame.lineNumber + 1}`
      const key = `${frame.functionName === "" ? "(anonymous)" : frame.functionName}${place}`
      own.set(key, (own.get(key) ?? 0) + took)
      total += took
    }
  }
  return [...own]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, shown)
    .map(
      ([frame, took]) =>
        `${((100 * took) / total).toFixed(1).padStart(6)} %  ${(took / 1000).toFixed(0).padStart(6)} ms  ${frame}`
    )
}
