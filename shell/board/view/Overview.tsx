/** What was asked for, where it stands, and how a person goes on with it. */
import type { ComponentChildren } from "preact"
import type { Answer } from "../client/Client.ts"
import { print } from "../model/Route.ts"
import { dollars, spaced } from "../model/Words.ts"
import { Moment } from "./Elapsed.tsx"

type Document = Answer<"showTask">

const Row = ({ children, name }: { readonly name: string; readonly children: ComponentChildren }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

const verifierText = (verifier: Document["task"]["spec"]["verify"][number]): string => {
  const text = Object.entries(verifier).find(([key]) => ["command", "run", "prompt", "question"].includes(key))?.[1]
  return typeof text === "string" ? text : spaced(verifier._tag)
}

const Links = ({ ids }: { readonly ids: ReadonlyArray<number> }) => (
  <>
    {ids.map((id) => (
      <a key={id} href={print({ at: "task", id, part: "overview" })}>
        #{id}
      </a>
    ))}
  </>
)

export const Overview = ({ told }: { readonly told: Document }) => {
  const { spec } = told.task
  return (
    <>
      {told.needs_person !== null && <p class="callout person">{told.needs_person}</p>}
      {told.waiting !== null && <p class="callout">{told.waiting}</p>}
      <h2>Prompt</h2>
      <pre class="prompt" tabIndex={0}>
        {spec.prompt}
      </pre>
      {spec.verify.length > 0 && (
        <>
          <h2>Done means</h2>
          <ol class="verifiers">
            {spec.verify.map((verifier, index) => (
              <li key={index}>
                <span class="quiet">{spaced(verifier._tag)}</span> <code>{verifierText(verifier)}</code>
              </li>
            ))}
          </ol>
        </>
      )}
      <h2>Facts</h2>
      <dl class="about">
        <Row name="Stage">{spaced(told.stage.stage)}</Row>
        <Row name="Execution">{spaced(told.execution._tag)}</Row>
        <Row name="Agent">
          {told.agent}
          {told.qa_agent !== null && `, QA ${told.qa_agent}`}
          {told.merge_agent !== null && `, merges ${told.merge_agent}`}
        </Row>
        {spec.model !== null && <Row name="Model">{spec.model}</Row>}
        <Row name="Spent">
          {dollars(told.cost_usd, told.cost_is_complete)}
          {spec.budgetUsd !== null && ` of ${dollars(spec.budgetUsd)}`}
        </Row>
        <Row name="Directory">
          <code>{told.cwd}</code>
        </Row>
        {told.worktree !== null && (
          <Row name="Worktree">
            <code>{told.worktree}</code>
          </Row>
        )}
        {told.depends_on.length > 0 && (
          <Row name="Waits for">
            <Links ids={told.depends_on} />
          </Row>
        )}
        {told.stuck_on !== null && (
          <Row name="Held up by">
            <Links ids={[told.stuck_on]} />
          </Row>
        )}
        {told.batch !== null && (
          <Row name="Batch">
            <a href={print({ at: "board", query: `batch:${told.batch}` })}>{told.batch}</a>
          </Row>
        )}
        <Row name="Priority">{told.priority}</Row>
        <Row name="Stored">
          <Moment at={told.created_at} />
        </Row>
        {told.next_command !== null && (
          <Row name="Next">
            <code>{told.next_command}</code>
          </Row>
        )}
        {told.take_over !== null && (
          <Row name="Take over">
            <code>{told.take_over}</code>
          </Row>
        )}
      </dl>
    </>
  )
}
