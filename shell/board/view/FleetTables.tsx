/** Accounts, guards and commitments, and what can be done about them. */
import { type Answer, ask } from "../client/Client.ts"
import { about, sync } from "../client/Live.ts"
import type { Loaded } from "../client/Loaded.ts"
import { tell } from "../client/Operate.ts"
import { spaced, type Tone } from "../model/Words.ts"
import { Chip } from "./Chip.tsx"
import { Moment, Remaining } from "./Elapsed.tsx"

type Account = Answer<"board">["accounts"][number]

const accountTones: Readonly<Record<Account["state"], Tone>> = {
  open: "good",
  limited: "wait",
  canary: "work",
  ramp: "work",
  paused: "person"
}

const resume = async (account: string): Promise<void> => {
  const answer = await ask("resumeAccount", { path: { account } })
  tell(answer.ok ? `${account} goes on` : answer.why.error, !answer.ok)
  void sync()
}

export const Accounts = () => (
  <table>
    <caption>
      Accounts{about.value?.accounts.length === 0 && <span class="quiet"> that are not simply open: none</span>}
    </caption>
    {about.value?.accounts.length !== 0 && (
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">State</th>
          <th scope="col">Why</th>
          <th scope="col">What can be done</th>
        </tr>
      </thead>
    )}
    <tbody>
      {(about.value?.accounts ?? []).map((account) => (
        <tr key={account.id}>
          <th scope="row">{account.id}</th>
          <td>
            <Chip text={account.state} tone={accountTones[account.state]} />
          </td>
          <td>
            {account.paused?.why ?? ""}
            {account.limited_until !== null && (
              <>
                goes on <Remaining until={account.limited_until} />
              </>
            )}
          </td>
          <td>
            {account.state !== "open" && (
              <button type="button" onClick={() => void resume(account.id)}>
                Resume
              </button>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)

type Guard = Answer<"guards">["guards"][number]

const guardTone = (posture: Guard["posture"]): Tone => {
  if (posture === "on-confirmed") return "good"
  if (posture === "on-unverified" || posture === "on-dry-run" || posture === "off") return "quiet"
  return posture === "on-stale" || posture === "on-blind" || posture === "diverged-pending-restart" ? "wait" : "bad"
}

export const Guards = ({ loaded }: { readonly loaded: Loaded<Answer<"guards">> }) => (
  <>
    <table>
      <caption>Guards</caption>
      <thead>
        <tr>
          <th scope="col">Guard</th>
          <th scope="col">Posture</th>
          <th scope="col">Why</th>
          <th scope="col">Since</th>
        </tr>
      </thead>
      <tbody>
        {(loaded.value?.guards ?? []).map((guard) => (
          <tr key={guard.guard}>
            <th scope="row">
              {guard.title}
              {guard.load_bearing && <span class="quiet"> (load-bearing)</span>}
            </th>
            <td>
              <Chip text={spaced(guard.posture)} tone={guardTone(guard.posture)} />
            </td>
            <td>
              {guard.reason}
              {guard.override !== null && ` Off by ${guard.override.owner}: ${guard.override.reason}`}
            </td>
            <td>{guard.since !== null && <Moment at={guard.since} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {loaded.why !== null && <p class="trouble">{loaded.why.error}</p>}
  </>
)

type Commitment = Answer<"listCommitments">["commitments"][number]

const Settle = ({ again, commitment }: { readonly commitment: Commitment; readonly again: () => void }) => {
  const settle = async (word: "deliver" | "withdraw"): Promise<void> => {
    const answer = await ask("settleCommitment", { path: { id: String(commitment.id), word }, body: {} })
    if (answer.ok) again()
    else tell(answer.why.error, true)
  }
  return (
    <span class="choices">
      <button type="button" onClick={() => void settle("deliver")}>
        It was kept
      </button>
      <button type="button" onClick={() => void settle("withdraw")}>
        Not wanted
      </button>
    </span>
  )
}

export const Commitments = ({ loaded }: { readonly loaded: Loaded<Answer<"listCommitments">> }) => {
  const open = loaded.value?.commitments ?? []
  return (
    <>
      <table>
        <caption>What agents promised</caption>
        {open.length > 0 && (
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">About</th>
              <th scope="col">By</th>
              <th scope="col">Said</th>
              <th scope="col">What can be done</th>
            </tr>
          </thead>
        )}
        <tbody>
          {open.map((commitment) => (
            <tr key={commitment.id}>
              <th scope="row">{commitment.text}</th>
              <td>{commitment.topic}</td>
              <td>{commitment.deadline !== null && <Moment at={commitment.deadline} />}</td>
              <td>
                <Moment at={commitment.said_at} />
              </td>
              <td>{commitment.status === "open" && <Settle commitment={commitment} again={loaded.again} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {loaded.value !== null && open.length === 0 && <p class="none">No promise is open.</p>}
      {loaded.why !== null && <p class="trouble">{loaded.why.error}</p>}
    </>
  )
}
