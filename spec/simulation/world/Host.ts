/** The machine that supervisors run on: its processes, its clock, its name. It may be rebooted; its disk stays. */
import { Machine, type Script } from "../../../shell/process/Machine.ts"
import type { Loop } from "../kernel/Loop.ts"

/** 2026-01-01, where every clock begins. */
const epoch = 1_767_225_600_000

export class Host {
  machine: Machine
  name = "alpha"
  readonly #loop: Loop
  readonly #script: Script
  readonly #onStart: (marker: string) => void
  #boots = 0
  /** By how much the clock was set. */
  #skew = 0
  #wakesAt = Number.POSITIVE_INFINITY

  constructor(loop: Loop, script: Script, onStart: (marker: string) => void) {
    this.#loop = loop
    this.#script = script
    this.#onStart = onStart
    this.machine = this.#boot()
  }

  readonly wall = (now: number): number => epoch + now + this.#skew

  setClock(by: number): void {
    this.#skew += by
  }

  /** Nothing that ran before runs any more, and numbers of processes are given anew. */
  reboot(): void {
    this.machine = this.#boot()
    this.#wakesAt = Number.POSITIVE_INFINITY
  }

  /** Lets happen on the machine what is due, does something with it, and comes back when something is due again. */
  use<A>(work: (machine: Machine, now: number) => A): A {
    const { machine } = this
    const { now } = this.#loop
    machine.advance(now)
    const result = work(machine, now)
    this.#arm(machine)
    return result
  }

  #arm(machine: Machine): void {
    const { nextAt } = machine
    if (nextAt >= this.#wakesAt || nextAt === Number.POSITIVE_INFINITY) return
    this.#wakesAt = nextAt
    this.#loop.after(null, nextAt - this.#loop.now, () => {
      if (this.machine !== machine) return
      if (this.#wakesAt === nextAt) this.#wakesAt = Number.POSITIVE_INFINITY
      this.use(() => undefined)
    })
  }

  #boot(): Machine {
    this.#boots += 1
    const { name: host, wall } = this
    const machine = new Machine({ host, bootId: `boot-${this.#boots}`, script: this.#script, wall })
    machine.onStart(this.#onStart)
    return machine
  }
}
