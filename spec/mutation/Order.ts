/** Milliseconds of a file's specs, from which on a mutant of another folder is not worth them. */
const slowMs = 2000

/** In which order files of specs are shown a mutant: a mutant is dead with its first red spec. */
export class Order {
  /** How many mutants each file found of late, and the milliseconds it takes when it finds none. */
  readonly #found = new Map<string, number>()
  readonly #took = new Map<string, number>()
  readonly #own: string

  /** Where most mutants of `core/stage` die: in `spec/core/stage`. */
  constructor(folder: string) {
    this.#own = `spec/${folder}/`
  }

  /** Milliseconds that a file took when it last found nothing; 0 as long as it was not shown anything. */
  took(file: string): number {
    return this.#took.get(file) ?? 0
  }

  /** Slow specs of other folders are left out: what only they notice counts as survived. */
  of(files: ReadonlyArray<string>): ReadonlyArray<string> {
    const isShown = (file: string): boolean => file.startsWith(this.#own) || this.took(file) < slowMs
    const hope = (file: string): number =>
      ((this.#found.get(file) ?? 0) + (file.startsWith(this.#own) ? 0.5 : 0.05)) / (20 + this.took(file))
    return files.filter(isShown).toSorted((a, b) => hope(b) - hope(a))
  }

  found(file: string): void {
    // Neighbours die alike, and the next mutants are elsewhere.
    for (const [other, times] of this.#found) this.#found.set(other, times * 0.9)
    this.#found.set(file, (this.#found.get(file) ?? 0) + 1)
  }

  missed(file: string, took: number): void {
    this.#took.set(file, took)
  }
}
