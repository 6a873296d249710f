/**
 * A person beside the crashing supervisor: freezes, cancels and submits by the command line, and counts on every command
 * that said it was done.
 */
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import type { PCGRandom } from "effect/Utils"
import type { Batch } from "./Batch.ts"
import type { Planned } from "./Plan.ts"
import { type Answer, ask, commandLine, type Site } from "./Program.ts"
import { after, sleep } from "./Waiting.ts"

const Listing = Schema.parseJson(
  Schema.Struct({ tasks: Schema.Array(Schema.Struct({ id: Schema.Int, name: Schema.String, state: Schema.String })) })
)
const SubmittedId = Schema.parseJson(Schema.Struct({ id: Schema.Int }))

export class Person {
  readonly surprises: Array<string> = []
  /** Ids of submissions that were acknowledged, by key. */
  readonly submitted = new Map<string, number>()
  readonly #site: Site
  readonly #random: PCGRandom
  #work: Promise<void> = Promise.resolve()
  #submitting: Promise<void> = Promise.resolve()
  #keys = 0
  #isLeaving = false

  constructor(site: Site, random: PCGRandom) {
    this.#site = site
    this.#random = random
  }

  /** No new work is begun; `gone` settles when what is under way is done. */
  leave(): void {
    this.#isLeaving = true
  }

  get gone(): Promise<void> {
    return Promise.all([this.#work, this.#submitting]).then(() => undefined)
  }

  /** Freezes and cancels what the plans of the batch say, as soon as it can be. */
  attend({ tasks }: Batch): void {
    const own = tasks.filter(({ plan: { person } }) => person === "freeze" || person === "cancel")
    this.#work = after(this.#work, async () => {
      for (const task of own) await this.#attendTo(task)
    })
  }

  /** Submits one task under a key: killed at some moment, then again until it is acknowledged. */
  submit(): void {
    const key = `key${this.#keys++}`
    const args = ["submit", "--name", key, "--prompt", "Be done.", "--agent", "keyed", "--cwd", "work/keyed"]
    this.#submitting = after(this.#submitting, async () => {
      const first = spawn(process.execPath, commandLine([...args, "--key", key]), {
        cwd: this.#site.root,
        env: this.#site.environment,
        stdio: "ignore"
      })
      const ended = new Promise((resolve) => first.once("exit", resolve))
      await Promise.race([ended, sleep(this.#random.integer(500))])
      first.kill("SIGKILL")
      await ended
      const { stdout } = await this.#told([...args, "--key", key, "--json"])
      const { id } = Schema.decodeUnknownSync(SubmittedId)(stdout)
      this.submitted.set(key, id)
    })
  }

  /** Whether every submitted task is done. */
  async hasAll(): Promise<boolean> {
    const { tasks } = await this.#listing()
    return [...this.submitted.values()].every((id) => tasks.some((task) => task.id === id && task.state === "DONE"))
  }

  async #listing(): Promise<typeof Listing.Type> {
    const { stdout } = await this.#told(["status", "--json"])
    return Schema.decodeUnknownSync(Listing)(stdout)
  }

  async #told(args: ReadonlyArray<string>, tries = 5): Promise<Answer> {
    const answer = await ask(this.#site, args)
    // A supervisor that is paused in a transaction keeps the store locked: that is said, and can be tried again.
    if (answer.code === 4 && answer.stderr.includes("locked") && tries > 1) return this.#told(args, tries - 1)
    // A supervisor that was killed before it could answer had done it: asked of the store, it is done already.
    const isDone = args[0] === "freeze" && answer.stderr.includes(" is frozen; legal now")
    if (answer.code !== 0 && !isDone) this.surprises.push(`${args.join(" ")}: ${answer.code}: ${answer.stderr}`)
    return answer
  }

  async #attendTo({ directory, name, plan: { person } }: Planned): Promise<void> {
    const journal = join(this.#site.root, "journals", directory)
    const runs = (): boolean => existsSync(journal) && readFileSync(journal, "utf8").includes(`start ${name} agent `)
    const isReady = person === "cancel" ? runs : () => true
    while (!isReady()) {
      if (this.#isLeaving) return
      await sleep(20)
    }
    for (;;) {
      const id = (await this.#listing()).tasks.find((task) => task.name === name)?.id
      if (id !== undefined) {
        await this.#told([person, String(id)])
        return
      }
      if (this.#isLeaving) return
      await sleep(200)
    }
  }
}
