/** What a service manager is told of a supervisor: which program it is, and what is in its environment. */
import * as Data from "effect/Data"

export interface Service {
  /** The state directory, for people. */
  readonly about: string
  /** Absolute paths and words, the program first. */
  readonly command: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string>>
}

/** Something in it can not be said in the file of a service manager. */
export class ServiceImpossible extends Data.TaggedError("ServiceImpossible")<{ readonly message: string }> {}

/** What not every format can carry, or carries through: control characters, and halves of characters. */
const controls = /[\p{Cc}\p{Cs}\ufffe\uffff]/u

/** The text that no file can say; null where all can be said. */
export const unsayable = ({ about, command, environment }: Service): string | null =>
  [about, ...command, ...Object.values(environment)].find((text) => controls.test(text)) ?? null
