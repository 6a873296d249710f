/** One file of output, read where a person looks: any place of it, and what is written to it meanwhile. */
import type { Answer, Asked } from "./Client.ts"
import { ask } from "./Client.ts"
import * as LogWindow from "../model/LogWindow.ts"

export interface File {
  readonly id: number
  readonly attempt: number
  readonly stream: Answer<"taskOutput">["stream"]
  readonly run: number | null
}

type Query = NonNullable<Asked<"taskOutput">["query"]>

/** Milliseconds between two looks at a file that grows, or after nobody answered. */
const often = 700

/** What is shown of it, and what is being done to show more. */
export class Output {
  window: LogWindow.Window | null = null
  error: string | null = null
  isFollowing = true
  /** Lines that have come (above 0) or gone (below 0) at the beginning since somebody asked. */
  shift = 0
  /** Another place of the file is shown: its first line is. */
  hasJumped = false
  private isAsking = false
  private isClosed = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly file: File
  private readonly changed: () => void

  constructor(file: File, changed: () => void) {
    this.file = file
    this.changed = changed
  }

  private async read(at: Query): Promise<Answer<"taskOutput"> | null> {
    const { attempt, id, run, stream } = this.file
    this.isAsking = true
    const answer = await ask("taskOutput", {
      path: { id },
      query: { attempt, stream, ...(run === null ? {} : { run }), ...at }
    })
    this.isAsking = false
    if (this.isClosed) return null
    this.error = answer.ok ? null : answer.why.error
    if (answer.ok) return answer.value
    if (answer.why.kind === "away") this.later()
    this.changed()
    return null
  }

  private later(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void (this.window === null ? this.end() : this.forwards()), often)
  }

  private put(window: LogWindow.Window): void {
    this.window = window
    this.changed()
    if (LogWindow.isAtEnd(window) && LogWindow.grows(window)) this.later()
  }

  /** To the end; what comes is followed. */
  async end(): Promise<void> {
    this.isFollowing = true
    const part = await this.read({})
    if (part !== null) this.put(LogWindow.jump(part))
  }

  /** To the line after any byte. */
  async near(byte: number): Promise<void> {
    this.isFollowing = false
    const part = await this.read({ near: byte })
    if (part === null) return
    this.hasJumped = true
    this.put(LogWindow.jump(part))
  }

  async forwards(): Promise<void> {
    const { window } = this
    if (window === null || this.isAsking) return
    const part = await this.read({ from: window.end })
    if (part === null) return
    const next = LogWindow.append(window, part)
    this.shift -= next.dropped
    this.put(next.window)
  }

  async backwards(): Promise<void> {
    const { window } = this
    if (window === null || this.isAsking || window.start === 0) return
    const part = await this.read({ before: window.start })
    if (part === null) return
    const next = LogWindow.prepend(window, part)
    this.shift += next.added
    this.put(next.window)
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
  }
}
