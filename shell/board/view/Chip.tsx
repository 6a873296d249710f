/** How something stands: a word, with a colour that says nothing the word does not. */
import type { Tone } from "../model/Words.ts"

export const Chip = ({ text, tone }: { readonly text: string; readonly tone: Tone }) => (
  <span class={`chip ${tone}`}>{text}</span>
)

const tones: Readonly<Record<string, Tone>> = {
  PASS: "good",
  FAIL: "bad",
  ERROR: "bad",
  TIMEOUT: "bad",
  LIMITED: "wait"
}

export const Verdict = ({ verdict }: { readonly verdict: string | null }) =>
  verdict === null ? (
    <Chip text="runs" tone="work" />
  ) : (
    <Chip text={verdict.toLowerCase()} tone={tones[verdict] ?? "quiet"} />
  )
