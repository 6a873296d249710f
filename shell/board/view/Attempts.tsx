/** A task's attempts, the newest first, with what verifiers said of each. */
import { useState } from "preact/hooks"
import { type Answer, ask } from "../client/Client.ts"
import { useLoaded } from "../client/Loaded.ts"
import { go } from "../client/Navigation.ts"
import { dollars, duration, spaced } from "../model/Words.ts"
import { Verdict } from "./Chip.tsx"
import { Elapsed, Moment } from "./Elapsed.tsx"
import { wanted } from "./OutputPart.tsx"

type Attempt = Answer<"taskAttempts">["attempts"][number]
type Run = Attempt["runs"][number]

const Length = ({ from, to }: { readonly from: string; readonly to: string | null }) =>
  to === null ? <Elapsed since={from} /> : <span>{duration(Date.parse(to) - Date.parse(from))}</span>

const RunOutput = ({ id, run }: { readonly id: number; readonly run: number }) => {
  const read = useLoaded(`run ${id}.${run}`, 0, () => ask("verifierRun", { path: { id, run } }))
  if (read.value === null) return <p class="none">{read.why?.error ?? "Reading…"}</p>
  return <pre tabIndex={0}>{read.value.output ?? "It printed nothing."}</pre>
}

const RunRow = ({ id, run }: { readonly id: number; readonly run: Run }) => {
  const [isOpen, setOpen] = useState(run.verdict === "FAIL")
  return (
    <li class="run">
      <span class="facts">
        <Verdict verdict={run.verdict} />
        <code>{run.title}</code>
        <Length from={run.started_at} to={run.ended_at} />
        {run.cost_usd !== null && <span>{dollars(run.cost_usd)}</span>}
        {run.has_output && (
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? "Hide what it printed" : "What it printed"}
          </button>
        )}
      </span>
      {run.detail !== null && <p class="why">{run.detail}</p>}
      {isOpen && run.has_output && <RunOutput id={id} run={run.run} />}
    </li>
  )
}

const AttemptRow = ({ attempt, id }: { readonly id: number; readonly attempt: Attempt }) => {
  const show = (): void => {
    wanted.value = { id, attempt: attempt.number, stream: "stdout", run: null }
    go({ at: "task", id, part: "output" })
  }
  return (
    <li class="attempt">
      <h2>
        Attempt {attempt.number}{" "}
        <span class="quiet">
          {attempt.role}, {spaced(attempt.mode)}
        </span>
      </h2>
      <p class="facts">
        <span>{attempt.agent}</span>
        <Moment at={attempt.started_at ?? attempt.created_at} />
        <Length from={attempt.started_at ?? attempt.created_at} to={attempt.ended_at} />
        <span>{attempt.outcome === null ? "at work" : spaced(attempt.outcome)}</span>
        <span>{attempt.cost_usd === null ? "cost not told" : dollars(attempt.cost_usd)}</span>
        <span>
          {attempt.turns} turns, {attempt.tool_turns} with tools
        </span>
        <button type="button" onClick={show}>
          Output
        </button>
      </p>
      {attempt.detail !== null && <p class="why">{attempt.detail}</p>}
      {attempt.last_message !== null && <blockquote>{attempt.last_message}</blockquote>}
      {attempt.session !== null && (
        <p class="quiet">
          session <code>{attempt.session}</code>
        </p>
      )}
      {attempt.runs.length > 0 && (
        <ul class="runs" aria-label={`Verifiers of attempt ${attempt.number}`}>
          {attempt.runs.map((run) => (
            <RunRow key={run.run} id={id} run={run} />
          ))}
        </ul>
      )}
    </li>
  )
}

export const Attempts = ({ id, version }: { readonly id: number; readonly version: string }) => {
  const [limit, setLimit] = useState(20)
  const read = useLoaded(`attempts ${id}.${limit}`, version, () =>
    ask("taskAttempts", { path: { id }, query: { limit } })
  )
  if (read.value === null) return <p class="none">{read.why?.error ?? "Reading…"}</p>
  const { attempts, next } = read.value
  if (attempts.length === 0) return <p class="none">No attempt has begun.</p>
  return (
    <>
      <ol class="attempts">
        {attempts.map((attempt) => (
          <AttemptRow key={attempt.number} id={id} attempt={attempt} />
        ))}
      </ol>
      {next !== null && limit < 100 && (
        <button type="button" onClick={() => setLimit(100)}>
          More
        </button>
      )}
      {next !== null && limit === 100 && (
        <p class="footnote">
          Older ones: <code>drover show {id}</code>
        </p>
      )}
    </>
  )
}
