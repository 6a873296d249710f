/** The files that a task's attempts and verifiers printed, and one of them. */
import { signal } from "@preact/signals"
import { ask } from "../client/Client.ts"
import { useLoaded } from "../client/Loaded.ts"
import type { File } from "../client/Output.ts"
import { bytes } from "../model/Words.ts"
import { Log } from "./Log.tsx"

/** Which one; null: the newest. Attempts lead to theirs. */
export const wanted = signal<File | null>(null)

type Known = Omit<File, "id"> & { readonly size: number | null }

const keyOf = ({ attempt, run, stream }: Known): string => `${attempt}/${stream}/${run ?? ""}`
const nameOf = ({ attempt, run, size, stream }: Known): string =>
  `attempt ${attempt} · ${stream}${run === null ? "" : ` · run ${run}`}${size === null ? "" : ` · ${bytes(size)}`}`

export const OutputPart = ({ id, version }: { readonly id: number; readonly version: string }) => {
  const outputs = useLoaded(`outputs ${id}`, version, () => ask("taskOutputs", { path: { id }, query: { limit: 100 } }))
  if (outputs.value === null) return <p class="none">{outputs.why?.error ?? "Reading…"}</p>
  const { files, next } = outputs.value
  const asked = wanted.value
  const here =
    asked !== null && asked.id === id
      ? files.find((file) => keyOf(file) === keyOf({ ...asked, size: null }))
      : undefined
  const newest = files.filter(({ attempt }) => attempt === files[0]?.attempt)
  const shown = here ?? newest.find(({ size }) => size !== null && size > 0) ?? files[0]
  if (shown === undefined) return <p class="none">No attempt has begun.</p>
  return (
    <>
      <label class="choice">
        <span>File</span>
        <select
          value={keyOf(shown)}
          onChange={({ currentTarget }) => {
            const file = files.find((each) => keyOf(each) === currentTarget.value)
            if (file !== undefined) wanted.value = { id, attempt: file.attempt, stream: file.stream, run: file.run }
          }}
        >
          {files.map((file) => (
            <option key={keyOf(file)} value={keyOf(file)}>
              {nameOf(file)}
            </option>
          ))}
        </select>
        {next !== null && <span>Older attempts: `drover logs {id}`</span>}
      </label>
      <Log file={{ id, attempt: shown.attempt, stream: shown.stream, run: shown.run }} />
    </>
  )
}
